import {Element} from '@xmpp/xml';

/**
 * The element tree of the wire (ltx, as @xmpp/* use it). Elements made by our parser carry local names without prefix
 * and their namespace in `attrs.xmlns`. Only `xmpp/`, `extensions/`, `omemo/` and the pipeline may touch one.
 */
export {Element};
