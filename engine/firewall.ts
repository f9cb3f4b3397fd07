/** Firewall mode: what all modules must know of it. */
import { boolean, option } from './config/option.js';

export const FIREWALL = option(
  'firewall.enabled',
  boolean,
  false,
  'firewall mode: only what firewall rules or policies accept passes',
);
