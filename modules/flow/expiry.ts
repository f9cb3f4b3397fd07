import { choice, option } from '../../engine/config/option.js';

/** Which policy searches for expired flows (see `engine/flow/flow-expiry.ts`). */
export const expiry = option(
  'flow.expiry',
  choice('auto', 'eager', 'lazy'),
  'auto',
  'eager: flows end soon after their timeout; lazy: only if more than flow.prealloc are in use; auto: eager on live traffic',
);
