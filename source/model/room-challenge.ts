import type {Form} from './form.js';

/** What a room asks before it lets somebody in (XEP-0158). All texts are user text. */
export type RoomChallenge = {
	/** The questions, without what is not for a person. */
	readonly form: Form;
	/** What the room says about it. */
	readonly text?: string;
	/** A page on which it can be answered as well: http or https. */
	readonly url?: string;
	/** What the questions refer to and no address leads to. */
	readonly pictures: readonly ChallengePicture[];
};

/** What is known of a picture, or a sound, before it is looked at: it is never decoded here. */
export type ChallengePicture = {
	/** Such as `PNG`; absent: nobody can tell. */
	readonly format?: string;
	/** Bytes; absent: it did not come with the question, and has to be fetched. */
	readonly size?: number;
	/** In pixels, as the file says. */
	readonly width?: number;
	readonly height?: number;
};
