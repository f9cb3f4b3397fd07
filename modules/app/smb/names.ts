/** Names of commands, states and kinds as logged in records. */
import { NT_STATUS } from './nt-status.js';

const SMB2_COMMANDS = [
  ...['NEGOTIATE_PROTOCOL', 'SESSION_SETUP', 'SESSION_LOGOFF', 'TREE_CONNECT', 'TREE_DISCONNECT', 'CREATE'],
  ...['CLOSE', 'FLUSH', 'READ', 'WRITE', 'LOCK', 'IOCTL', 'CANCEL', 'KEEPALIVE', 'FIND', 'CHANGE_NOTIFY'],
  ...['GET_INFO', 'SET_INFO', 'OPLOCK_BREAK'],
];

/** MS-CIFS 2.2.2.1. */
const SMB1_COMMANDS: Readonly<Record<number, string>> = {
  0: 'CREATE_DIRECTORY',
  1: 'DELETE_DIRECTORY',
  2: 'OPEN',
  3: 'CREATE',
  4: 'CLOSE',
  5: 'FLUSH',
  6: 'DELETE',
  7: 'RENAME',
  8: 'QUERY_INFORMATION',
  9: 'SET_INFORMATION',
  10: 'READ',
  11: 'WRITE',
  12: 'LOCK_BYTE_RANGE',
  13: 'UNLOCK_BYTE_RANGE',
  14: 'CREATE_TEMPORARY',
  15: 'CREATE_NEW',
  16: 'CHECK_DIRECTORY',
  17: 'PROCESS_EXIT',
  18: 'SEEK',
  19: 'LOCK_AND_READ',
  20: 'WRITE_AND_UNLOCK',
  36: 'LOCKING_ANDX',
  37: 'TRANS',
  43: 'ECHO',
  44: 'WRITE_AND_CLOSE',
  45: 'OPEN_ANDX',
  46: 'READ_ANDX',
  47: 'WRITE_ANDX',
  50: 'TRANS2',
  51: 'TRANS2_SECONDARY',
  52: 'FIND_CLOSE2',
  113: 'TREE_DISCONNECT',
  114: 'NEGOTIATE_PROTOCOL',
  115: 'SESSION_SETUP_ANDX',
  116: 'LOGOFF_ANDX',
  117: 'TREE_CONNECT_ANDX',
  128: 'QUERY_INFO_DISK',
  160: 'NT_TRANS',
  161: 'NT_TRANS_SECONDARY',
  162: 'NT_CREATE_ANDX',
  164: 'NT_CANCEL',
};

export function commandName(version: number, command: number): string {
  const name = version === 1 ? SMB1_COMMANDS[command] : SMB2_COMMANDS[command];
  return name === undefined ? `UNKNOWN (${command})` : `SMB${version}_COMMAND_${name}`;
}

export function isKnownCommand(version: number, command: number): boolean {
  return (version === 1 ? SMB1_COMMANDS[command] : SMB2_COMMANDS[command]) !== undefined;
}

/** DOS errors: class and code (MS-CIFS 2.2.2.4). */
const DOS_ERRORS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: {
    1: 'DOS_BADFUNC',
    2: 'DOS_BADFILE',
    3: 'DOS_BADPATH',
    4: 'DOS_NOFIDS',
    5: 'DOS_NOACCESS',
    6: 'DOS_BADFID',
    8: 'DOS_NOMEM',
    18: 'DOS_NOFILES',
    32: 'DOS_BADSHARE',
    33: 'DOS_LOCK',
    50: 'DOS_UNSUP',
    80: 'DOS_FILEXISTS',
    87: 'DOS_INVALIDPARAM',
  },
  2: {
    1: 'SRV_ERROR',
    2: 'SRV_BADPW',
    3: 'SRV_BADPATH',
    4: 'SRV_ACCESS',
    5: 'SRV_BADTID',
    6: 'SRV_INVNETNAME',
    7: 'SRV_INVDEVICE',
    22: 'SRV_UNKNOWNSMB',
    64: 'SRV_SMBCMD',
    90: 'SRV_TOOMANYUIDS',
    91: 'SRV_BADUID',
    250: 'SRV_USEMPX',
    251: 'SRV_USESTD',
    252: 'SRV_CONTMPX',
    65535: 'SRV_NOSUPPORT',
  },
};

/** Members `status` and `status_code`. @param status for DOS: class in the lowest byte, code from bit 16 */
export function statusMembers(status: number, isDos: boolean): object {
  if (!isDos) {
    const name = NT_STATUS[status];
    return { ...(name && { status: name }), status_code: `0x${status.toString(16)}` };
  }
  const [kind, code] = [status & 0xff, status >>> 16];
  const name = kind === 0 && code === 0 ? 'SUCCESS' : DOS_ERRORS[kind]?.[code];
  return { status: name ?? 'UNKNOWN', status_code: `0x${code.toString(16).padStart(4, '0')}` };
}

const DIALECTS: Readonly<Record<number, string>> = {
  514: '2.02',
  528: '2.10',
  546: '2.22',
  548: '2.24',
  767: '2.??',
  768: '3.00',
  770: '3.02',
  784: '3.10',
  785: '3.11',
};

export function dialectName(dialect: number): string {
  return DIALECTS[dialect] ?? `unknown (0x${dialect.toString(16)})`;
}

const DISPOSITIONS = [
  ...['FILE_SUPERSEDE', 'FILE_OPEN', 'FILE_CREATE', 'FILE_OPEN_IF', 'FILE_OVERWRITE', 'FILE_OVERWRITE_IF'],
];

export function dispositionName(disposition: number): string {
  return DISPOSITIONS[disposition] ?? 'UNKNOWN';
}

/** Control codes of IOCTL (MS-FSCC 2.3, MS-SMB2 2.2.31). */
const FUNCTIONS: Readonly<Record<number, string>> = {
  393620: 'FSCTL_DFS_GET_REFERRALS',
  393648: 'FSCTL_DFS_GET_REFERRALS_EX',
  1114124: 'FSCTL_PIPE_PEEK',
  1114136: 'FSCTL_PIPE_WAIT',
  1163287: 'FSCTL_PIPE_TRANSCEIVE',
  1310840: 'FSCTL_SRV_REQUEST_RESUME_KEY',
  1311236: 'FSCTL_VALIDATE_NEGOTIATE_INFO',
  1311228: 'FSCTL_QUERY_NETWORK_INTERFACE_INFO',
  1310816: 'FSCTL_SRV_ENUMERATE_SNAPSHOTS',
  589992: 'FSCTL_GET_REPARSE_POINT',
  589988: 'FSCTL_SET_REPARSE_POINT',
  589996: 'FSCTL_DELETE_REPARSE_POINT',
  589888: 'FSCTL_SET_COMPRESSION',
  622796: 'FSCTL_SET_ZERO_DATA',
  590020: 'FSCTL_SET_SPARSE',
  606395: 'FSCTL_QUERY_ALLOCATED_RANGES',
  590016: 'FSCTL_CREATE_OR_GET_OBJECT_ID',
};

export function functionName(code: number): string {
  return FUNCTIONS[code] ?? `UNKNOWN (0x${code.toString(16)})`;
}
