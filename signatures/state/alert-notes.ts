/** Store `alert-notes`: additions by conditions to the alerts and flow records of the current signature. */
import type { Inspection } from '../inspection.js';

export const ALERT_NOTES = 'alert-notes';

export interface AlertNotes {
  /** A member of `alert.context` if the signature alerts. @param json its value */
  context(at: Inspection, name: string, json: string): void;
  /** A value measured in the flow: `metadata.GROUP.NAME`. */
  measure(at: Inspection, group: string, name: string, value: number): void;
}
