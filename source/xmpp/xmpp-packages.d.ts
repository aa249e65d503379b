/**
 * What this program uses of the @xmpp/* packages, which ship no types of their own. Only `source/xmpp/` imports them.
 */

declare module '@xmpp/xml' {
	/** ltx's element. Names may carry a prefix when @xmpp/* made it; our parser makes none with a prefix. */
	export class Element {
		constructor(name: string, attrs?: Readonly<Record<string, string>>);
		name: string;
		attrs: Record<string, string>;
		children: Array<Element | string>;
		parent: Element | null;
		/** The name without its prefix. */
		getName(): string;
		/** The namespace a prefix stands for here; without a prefix, the default namespace. */
		findNS(prefix?: string): string | undefined;
		is(name: string, xmlns?: string): boolean;
		toString(): string;
	}
}
