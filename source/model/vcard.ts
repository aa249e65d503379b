/** What one line of a card says. */
export type VcardFieldKind =
	| 'fullName'
	| 'nickname'
	| 'birthday'
	| 'organisation'
	| 'title'
	| 'role'
	| 'description'
	| 'note'
	| 'url'
	| 'email'
	| 'phone'
	| 'address'
	| 'jid';

/** What a line of a card is for, where it says so. */
export type VcardPlace = 'home' | 'work' | 'mobile' | 'fax' | 'pager';

/** One line of a card. `value` is user text; only descriptions and notes have several lines. */
export type VcardField = {
	readonly kind: VcardFieldKind;
	readonly value: string;
	/** Absent: it does not say. */
	readonly places?: readonly VcardPlace[];
};

/** What a picture is, by its first bytes; never by what somebody says it is. */
export type PictureType = 'PNG' | 'JPEG' | 'GIF' | 'WebP' | 'unknown';

/** The picture of a card. It is never decoded: this is what its bytes tell without. */
export type VcardPhoto =
	| {
			readonly where: 'inside';
			readonly type: PictureType;
			readonly bytes: number;
			/** SHA-1 of the bytes, lowercase hexadecimal (XEP-0153 §3.1). */
			readonly sha1: string;
			/** Pixels, of a PNG whose header tells them. */
			readonly width?: number;
			readonly height?: number;
			/** What the card calls it: user text. */
			readonly claimed?: string;
	  }
	/** It lies elsewhere; `address` is user text. */
	| {readonly where: 'elsewhere'; readonly address: string}
	/** There is one that was not looked at, or could not be. */
	| {readonly where: 'unread'; readonly why: 'too large' | 'damaged'};

/** What a card says (XEP-0054), in its order. */
export type Vcard = {
	readonly fields: readonly VcardField[];
	readonly photos: readonly VcardPhoto[];
	/** Lines and pictures beyond those that are kept. */
	readonly omitted: number;
};
