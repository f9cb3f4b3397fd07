/** Function codes (Modbus Application Protocol 5 and 6): names, categories and what they access. */
export const DIAGNOSTIC = 8;
export const MEI = 43;
/** Set in the response if a request failed. */
export const EXCEPTION = 0x80;

export type Access = 'read' | 'write';
export type Table = 'discretes' | 'coils' | 'input' | 'holding';
export type Category = 'assigned' | 'unassigned' | 'user' | 'reserved';

export interface FunctionCode {
  readonly name: string;
  /** What is read and written, and whether it is one or several. */
  readonly reads?: Table;
  readonly writes?: Table;
  readonly access?: string;
}

export const FUNCTIONS: Readonly<Record<number, FunctionCode>> = {
  1: { name: 'RdCoils', reads: 'coils', access: 'READ | COILS' },
  2: { name: 'RdDiscreteInputs', reads: 'discretes', access: 'READ | DISCRETES' },
  3: { name: 'RdHoldRegs', reads: 'holding', access: 'READ | HOLDING' },
  4: { name: 'RdInputRegs', reads: 'input', access: 'READ | INPUT' },
  5: { name: 'WrSingleCoil', writes: 'coils', access: 'WRITE | COILS | SINGLE | WRITE_SINGLE' },
  6: { name: 'WrSingleReg', writes: 'holding', access: 'WRITE | HOLDING | SINGLE | WRITE_SINGLE' },
  7: { name: 'RdExcStatus' },
  8: { name: 'Diagnostic' },
  9: { name: 'Program484' },
  10: { name: 'Poll484' },
  11: { name: 'GetCommEventCtr' },
  12: { name: 'GetCommEventLog' },
  13: { name: 'ProgramController' },
  14: { name: 'PollController' },
  15: { name: 'WrMultCoils', writes: 'coils', access: 'WRITE | COILS | MULTIPLE | WRITE_MULTIPLE' },
  16: { name: 'WrMultRegs', writes: 'holding', access: 'WRITE | HOLDING | MULTIPLE | WRITE_MULTIPLE' },
  17: { name: 'ReportServerID' },
  18: { name: 'Program884' },
  19: { name: 'ResetCommLink' },
  20: { name: 'RdFileRec' },
  21: { name: 'WrFileRec' },
  22: { name: 'MaskWrReg', writes: 'holding', access: 'WRITE | HOLDING' },
  23: {
    name: 'RdWrMultRegs',
    reads: 'holding',
    writes: 'holding',
    access: 'READ | WRITE | HOLDING | MULTIPLE | WRITE_MULTIPLE',
  },
  24: { name: 'RdFIFOQueue' },
  43: { name: 'MEI' },
};

/** Categories of codes without a name here: each up to and including this code. */
const CATEGORIES: readonly (readonly [number, Category])[] = [
  [40, 'unassigned'],
  [42, 'reserved'],
  [64, 'unassigned'],
  [72, 'user'],
  [89, 'unassigned'],
  [91, 'reserved'],
  [99, 'unassigned'],
  [110, 'user'],
  [124, 'unassigned'],
  [127, 'reserved'],
];

/**
 * @param raw as in the message
 * @param sub subfunction of a diagnostic, type of encapsulated transport
 * @returns undefined if it has no category: 0, and exceptions of such codes
 */
export function categoryOf(raw: number, sub: number | undefined): Category | undefined {
  const code = raw & ~EXCEPTION;
  if (code === DIAGNOSTIC || code === MEI) {
    if (sub === undefined) return undefined;
    return (code === MEI ? MEI_TYPES : DIAGNOSTICS)[sub] === undefined ? 'reserved' : 'assigned';
  }
  if (FUNCTIONS[code]) return 'assigned';
  return raw === 0 ? undefined : CATEGORIES.find(([last]) => raw <= last)?.[1];
}

export const DIAGNOSTICS: Readonly<Record<number, string>> = {
  0: 'RetQueryData',
  1: 'RestartCommOpt',
  2: 'RetDiagReg',
  3: 'ChangeInputDelimiter',
  4: 'ForceListenOnlyMode',
  10: 'ClearCtrDiagReg',
  11: 'RetBusMsgCount',
  12: 'RetBusCommErrCount',
  13: 'RetBusExcErrCount',
  14: 'RetServerMsgCount',
  15: 'RetServerNoRespCount',
  16: 'RetServerNAKCount',
  17: 'RetServerBusyCount',
  18: 'RetBusCharOverrunCount',
  19: 'RetOverrunErrCount',
  20: 'ClearOverrunCounterFlag',
  21: 'GetClearPlusStats',
};

export const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'IllegalFunction',
  2: 'IllegalDataAddr',
  3: 'IllegalDataValue',
  4: 'ServerDeviceFail',
  5: 'Ack',
  6: 'ServerDeviceBusy',
  7: 'NegAck',
  8: 'MemParityErr',
  10: 'GatewayPathUnavailable',
  11: 'GatewayTargetFailToResp',
};

export const MEI_TYPES: Readonly<Record<number, string>> = { 13: 'CANOpenGenRefReqResp', 14: 'RdDevId' };
