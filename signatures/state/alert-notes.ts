/** Store `alert-notes`: what conditions tell the alerts and flow records of the signature that is evaluated. */
import type { Inspection } from '../inspection.js';

export const ALERT_NOTES = 'alert-notes';

export interface AlertNotes {
  /** A member of `alert.context`, should the signature alert. @param json its value */
  context(at: Inspection, name: string, json: string): void;
  /** A number measured in the flow: `metadata.GROUP.NAME`. */
  measure(at: Inspection, group: string, name: string, value: number): void;
}
