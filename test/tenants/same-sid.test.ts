/** Rules of two tenants with the same sid are two rules. */
import { expect, test } from 'vitest';
import { Renumberings } from '../../modules/detect/renumbering.js';
import * as Header from '../../signatures/compile/header.js';
import type { RuleSetImage } from '../../signatures/compile/image.js';
import { allocateTable, SharedTable } from '../../signatures/state/shared-table.js';
import { PASSED, SILENT, Thresholds } from '../../signatures/state/thresholds.js';
import { Tracker } from '../../signatures/state/track.js';
import { tenantCondition } from '../../signatures/tenant-condition.js';
import { stubThread } from '../thread-stub.js';

test('rules of two tenants with one sid have separate thresholds', () => {
  const thread = stubThread({ slots: 1 });
  const limit = { kind: 'threshold', type: 'limit', track: 'by_rule', count: 1, seconds: 60 };
  const of = (tenant: number) => ({
    gid: 1,
    sid: 9,
    conditions: [tenantCondition(tenant)],
    thresholds: [limit],
  });
  const table = new SharedTable(allocateTable(4096));
  const thresholds = new Thresholds(thread.memory, table, new Tracker(thread), of);
  expect([1, 1, 2, 2].map(tenant => thresholds.check(tenant, 0, true))).toEqual([
    ...[PASSED, SILENT],
    ...[PASSED, SILENT],
  ]);
});

test('rules of two tenants with one sid keep their state across a reload', () => {
  const image = (...sids: number[]) => {
    const header = new Int32Array(sids.length * Header.INTS);
    sids.forEach((sid, n) => {
      header[n * Header.INTS + Header.SID] = sid;
      header[n * Header.INTS + Header.GID] = 1;
    });
    return { count: sids.length, header } as RuleSetImage;
  };
  expect([...new Renumberings().add(image(9, 5, 9, 7), image(4, 9, 9, 5))]).toEqual([1, 3, 2, -1]);
});
