/** A module of its own, to be loaded late: who connects to a number needs no DNS. */
import {lookup} from 'node:dns';

/** How the system finds the addresses of a name. */
export const systemLookup = lookup;
