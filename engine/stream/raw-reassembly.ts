/** Whether signatures see streams put together, or each packet by itself: what reassembly and detection have to agree upon. */
import { boolean, option } from '../config/option.js';

export const RAW_REASSEMBLY = option(
  'stream.reassembly.raw',
  boolean,
  true,
  'contents of signatures are looked for in reassembled streams; no: in each packet alone. Parsers have streams always',
);
