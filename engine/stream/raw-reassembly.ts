/** Whether signatures see streams put together, or each packet by itself: what reassembly and detection have to agree upon. */
import { boolean, option } from '../config/option.js';

export const RAW_REASSEMBLY = option(
  'stream.reassembly.raw',
  boolean,
  true,
  'match signatures on reassembled streams; no: on single packets only. Parsers always use streams',
);
