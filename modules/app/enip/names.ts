/** Names of numbers in CIP (CIP Networks Library volume 1: 5-1, 6-7, A-3, B-1), for records. */
type Names = Readonly<Record<number, string>>;

const numbered = (first: number, names: string): Names =>
  Object.fromEntries(names.split(', ').map((name, i) => [first + i, name]));

const SERVICES: Names = {
  ...numbered(
    1,
    'Get Attributes All, Set Attributes All, Get Attribute List, Set Attribute List, Reset, Start, Stop, Create, ' +
      'Delete, Multiple Service Packet',
  ),
  13: 'Apply Attributes',
  14: 'Get Attribute Single',
  16: 'Set Attribute Single',
  17: 'Find Next Object Instance',
  ...numbered(
    21,
    'Restore, Save, No Operation, Get Member, Set Member, Insert Member, Remove Member, Group Sync',
  ),
};

const STATUS: Names = {
  ...numbered(
    0,
    'Success, Connection failure, Resource unavailable, Invalid parameter value, Path segment error, ' +
      'Path destination unknown, Partial transfer, Connection lost, Service not supported, Invalid attribute value, ' +
      'Attribute list error, Already in requested mode/state, Object state conflict, Object already exists, ' +
      'Attribute not settable, Privilege violation, Device state conflict, Reply data too large, ' +
      'Fragmentation of a primitive value, Not enough data, Attribute not supported, Too much data, ' +
      'Object does not exist, Service fragmentation sequence not in progress, No stored attribute data, ' +
      'Store operation failure, Routing failure (request packet too large), ' +
      'Routing failure (response packet too large), Missing attribute list entry data, ' +
      'Invalid attribute value list, Embedded service error, Vendor specific error, Invalid parameter, ' +
      'Write-once value or medium already written, Invalid reply received',
  ),
  37: 'Key failure in path',
  38: 'Path size invalid',
  39: 'Unexpected attribute in list',
  40: 'Invalid member ID',
  41: 'Member not settable',
};

/** Extended status of failed connections (status 1). */
const EXTENDED: Names = {
  256: 'Connection in use or duplicate forward open',
  259: 'Transport class and trigger combination not supported',
  262: 'Ownership conflict',
  263: 'Target connection not found',
  264: 'Invalid network connection parameter',
  265: 'Invalid connection size',
  272: 'Target for connection not configured',
  273: 'RPI not supported',
  275: 'Out of connections',
  276: 'Vendor ID or product code mismatch',
  277: 'Device type mismatch',
  278: 'Revision mismatch',
  515: 'Connection timed out',
  516: 'Unconnected request timed out',
  769: 'No buffer memory available',
  789: 'Invalid segment type in path',
};

const CLASSES: Names = {
  ...numbered(
    1,
    'Identity, Message Router, DeviceNet, Assembly, Connection, Connection Manager, Register, Discrete Input Point, ' +
      'Discrete Output Point, Analog Input Point, Analog Output Point',
  ),
  14: 'Presence Sensing',
  15: 'Parameter',
  16: 'Parameter Group',
  18: 'Group',
  29: 'Discrete Input Group',
  30: 'Discrete Output Group',
  31: 'Discrete Group',
  32: 'Analog Input Group',
  33: 'Analog Output Group',
  34: 'Analog Group',
  35: 'Position Sensor',
  55: 'File',
  67: 'Time Sync',
  240: 'ControlNet',
  244: 'Port',
  245: 'TCP/IP Interface',
  246: 'Ethernet Link',
};

const DEVICE_TYPES: Names = {
  0: 'Generic Device (deprecated)',
  2: 'AC Drive',
  3: 'Motor Overload',
  4: 'Limit Switch',
  5: 'Inductive Proximity Switch',
  6: 'Photoelectric Sensor',
  7: 'General Purpose Discrete I/O',
  12: 'Communications Adapter',
  14: 'Programmable Logic Controller',
  16: 'Position Controller',
  19: 'DC Drive',
  21: 'Contactor',
  22: 'Motor Starter',
  24: 'Human-Machine Interface',
  43: 'Generic Device (keyable)',
  44: 'Managed Switch',
};

const VENDORS: Names = { 1: 'Rockwell Automation/Allen-Bradley' };

const named = (names: Names, number: number): string => names[number] ?? `unknown-${number}`;

export const serviceName = (number: number): string => named(SERVICES, number);
export const statusName = (number: number): string => named(STATUS, number);
/** @returns undefined if it has no known meaning */
export const extendedStatusMeaning = (number: number): string | undefined => EXTENDED[number];
export const className = (number: number): string => named(CLASSES, number);
export const deviceTypeName = (number: number): string => named(DEVICE_TYPES, number);
export const vendorName = (number: number): string => named(VENDORS, number);
