/** Whether signatures inspect reassembled streams, or each packet separately: shared by reassembly and detection. */
import { boolean, option } from '../config/option.js';

export const RAW_REASSEMBLY = option(
  'stream.reassembly.raw',
  boolean,
  true,
  'match signatures on reassembled streams; no: on single packets only. Parsers always use streams',
);
