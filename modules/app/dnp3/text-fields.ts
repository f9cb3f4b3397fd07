/** Fields of objects that contain their own length: numbers and texts (IEEE 1815 annex A, A.25 and A.45). */
import { latin1 } from '../../../engine/latin1.js';
import { BitReader, type Field, fields, type PointFields, readFields } from './object-fields.js';

/** A text: its length is given by an earlier field, is fixed, or extends to the end. */
interface Text {
  readonly name: string;
  readonly length: string;
}

const REST = '*';

/** Numbers as in the table of fields; `name=length` is a text. */
const OBJECTS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  70: {
    1:
      'filename_size:16 filetype_code:8 attribute_code:8 start_record:16 end_record:16 file_size:32 ' +
      'created_timestamp:48 permissions:16 file_id:32 owner_id:32 group_id:32 file_function_code:8 status_code:8 ' +
      'filename=filename_size data_size:16 data=data_size',
    2:
      'username_offset:16 username_size:16 password_offset:16 password_size:16 authentication_key:32 ' +
      'username=username_size password=password_size',
    3:
      'filename_offset:16 filename_size:16 created:48 permissions:16 authentication_key:32 file_size:32 ' +
      'operational_mode:16 maximum_block_size:16 request_id:16 filename=*',
    4: 'file_handle:32 file_size:32 maximum_block_size:16 request_id:16 status_code:8 optional_text=*',
    5: 'file_handle:32 block_number:32 file_data=*',
    6: 'file_handle:32 block_number:32 status_code:8 optional_text=*',
    7:
      'filename_offset:16 filename_size:16 file_type:16 file_size:32 created_timestamp:48 permissions:16 ' +
      'request_id:16 filename=*',
    8: 'file_specification=*',
  },
  83: { 1: 'vendor_code=4 object_id:16 length:16 data_objects=length' },
  120: {
    1: 'csq:32 usr:16 mal:8 reason:8 challenge_data=*',
    2: 'csq:32 usr:16 mac_value=*',
    3: 'csq:32 user_number:16',
    4: 'user_number:16',
    5:
      'ksq:32 user_number:16 key_wrap_alg:8 key_status:8 mal:8 challenge_data_len:16 ' +
      'challenge_data=challenge_data_len mac_value=*',
    6: 'ksq:32 usr:16 wrapped_key_data=*',
    7: 'sequence_number:32 usr:16 association_id:16 error_code:8 time_of_error:48 error_text=*',
    8: 'key_change_method:8 certificate_type:8 certificate=*',
    9: 'mac_value=*',
    10:
      'key_change_method:8 operation:8 scs:32 user_role:16 user_role_expiry_interval:16 username_len:16 ' +
      'user_public_key_len:16 certification_data_len:16 username=username_len user_public_key=user_public_key_len ' +
      'certification_data=certification_data_len',
    11:
      'key_change_method:8 username_len:16 master_challenge_data_len:16 username=username_len ' +
      'master_challenge_data=master_challenge_data_len',
    12: 'ksq:32 usr:16 challenge_data_len:16 challenge_data=challenge_data_len',
    13: 'ksq:32 usr:16 encrypted_update_key_len:16 encrypted_update_key_data=encrypted_update_key_len',
    14: 'digital_signature=*',
    15: 'mac=*',
  },
};

const TABLE: ReadonlyMap<number, readonly (Field | Text)[]> = new Map(
  Object.entries(OBJECTS).flatMap(([group, variations]) =>
    Object.entries(variations).map(
      ([variation, text]) =>
        [Number(group) * 256 + Number(variation), text.split(' ').flatMap(part)] as const,
    ),
  ),
);

function part(word: string): (Field | Text)[] {
  const [name, length] = word.split('=') as [string, string | undefined];
  return length === undefined ? fields(word) : [{ name, length }];
}

/** Fields of an object with the contents `bytes`, texts as latin1. Missing ones are 0, or an empty text. */
export function textFieldsOf(group: number, variation: number, bytes: Uint8Array): PointFields {
  const parts = TABLE.get(group * 256 + variation);
  if (!parts) return { data: latin1(bytes) };
  const reader = new BitReader(bytes, 0);
  const result: PointFields = {};
  for (const each of parts) {
    if ('bits' in each) Object.assign(result, readFields(reader, [each]));
    else result[each.name] = latin1(reader.take(lengthOf(each, result, reader.left)));
  }
  return result;
}

function lengthOf({ length }: Text, result: PointFields, left: number): number {
  return length === REST ? left : Number(result[length] ?? length);
}
