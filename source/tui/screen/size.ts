/** Of a terminal, in cells. */
export type Size = {readonly columns: number; readonly rows: number};
