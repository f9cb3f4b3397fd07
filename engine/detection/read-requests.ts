/** What a routine may wait for. */
export const NO_REQUEST = 0;
export const RECV = 1;
export const READ = 2;
export const PEEK = 3;
export const UNTIL = 4;
export const SKIP = 5;
export const EITHER_SIDE = 6;
export const NEXT_ITEM = 7;
