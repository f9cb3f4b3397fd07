/** Internal indications of a response (IEEE 1815 4.2.2.6), by name. */
export const INDICATIONS: Readonly<Record<string, number>> = {
  all_stations: 0x0100,
  class_1_events: 0x0200,
  class_2_events: 0x0400,
  class_3_events: 0x0800,
  need_time: 0x1000,
  local_control: 0x2000,
  device_trouble: 0x4000,
  device_restart: 0x8000,
  no_func_code_support: 0x0001,
  object_unknown: 0x0002,
  parameter_error: 0x0004,
  event_buffer_overflow: 0x0008,
  already_executing: 0x0010,
  config_corrupt: 0x0020,
  reserved_2: 0x0040,
  reserved_1: 0x0080,
};

export function indicationNames(bits: number): string[] {
  return Object.keys(INDICATIONS).filter(name => (bits & INDICATIONS[name]!) !== 0);
}
