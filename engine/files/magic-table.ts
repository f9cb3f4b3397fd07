/**
 * File type detection with the descriptions of `file(1)` for common types: a small built-in table, searched in order.
 * Types with details (image sizes) have a function.
 */

type Describe = (bytes: Uint8Array) => string | undefined;

interface Kind {
  /** Latin-1; `?` in `mask` positions is not supported: types that need more have `describe`. */
  readonly begins: string;
  readonly at?: number;
  readonly is: string | Describe;
}

const u16le = (b: Uint8Array, at: number): number => (b[at] ?? 0) | ((b[at + 1] ?? 0) << 8);
const u16be = (b: Uint8Array, at: number): number => ((b[at] ?? 0) << 8) | (b[at + 1] ?? 0);
const u32be = (b: Uint8Array, at: number): number => (u16be(b, at) * 65536 + u16be(b, at + 2)) >>> 0;
const u32le = (b: Uint8Array, at: number): number => (u16le(b, at + 2) * 65536 + u16le(b, at)) >>> 0;

const KINDS: readonly Kind[] = [
  { begins: '%PDF-', is: pdf },
  { begins: 'GIF8', is: gif },
  { begins: '\x89PNG\r\n\x1a\n', is: png },
  { begins: '\xff\xd8\xff', is: jpeg },
  { begins: 'MZ', is: portableExecutable },
  { begins: '\x7fELF', is: elf },
  { begins: 'PK\x03\x04', is: zip },
  { begins: 'PK\x05\x06', is: 'Zip archive data (empty)' },
  { begins: '\x1f\x8b', is: 'gzip compressed data' },
  { begins: 'BZh', is: 'bzip2 compressed data' },
  { begins: '\xfd7zXZ\x00', is: 'XZ compressed data' },
  { begins: '7z\xbc\xaf\x27\x1c', is: '7-zip archive data' },
  { begins: 'Rar!\x1a\x07\x00', is: 'RAR archive data' },
  { begins: 'Rar!\x1a\x07\x01', is: 'RAR archive data, v5' },
  { begins: 'MSCF\0\0\0\0', is: 'Microsoft Cabinet archive data' },
  { begins: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', is: 'Composite Document File V2 Document' },
  { begins: '{\\rtf', is: 'Rich Text Format data, version 1' },
  { begins: '%!PS-Adobe-', is: 'PostScript document text conforming DSC level' },
  { begins: '%!', is: 'PostScript document text' },
  { begins: 'FWS', is: bytes => flash(bytes, 'Macromedia Flash data') },
  { begins: 'CWS', is: bytes => flash(bytes, 'Macromedia Flash data (compressed)') },
  { begins: 'ZWS', is: bytes => flash(bytes, 'Macromedia Flash data (lzma compressed)') },
  { begins: '\xca\xfe\xba\xbe', is: javaOrMach },
  { begins: '\xfe\xed\xfa\xce', is: 'Mach-O executable' },
  { begins: '\xcf\xfa\xed\xfe', is: 'Mach-O 64-bit executable' },
  { begins: 'RIFF', is: riff },
  { begins: 'OggS', is: 'Ogg data' },
  { begins: 'ID3', is: 'Audio file with ID3' },
  { begins: 'fLaC', is: 'FLAC audio bitstream data' },
  { begins: 'ftyp', at: 4, is: 'ISO Media' },
  { begins: '\x1a\x45\xdf\xa3', is: 'Matroska data' },
  { begins: '\0\0\x01\0', is: 'MS Windows icon resource' },
  { begins: 'BM', is: bytes => (u32le(bytes, 14) === 40 ? 'PC bitmap, Windows 3.x format' : undefined) },
  { begins: 'II*\0', is: 'TIFF image data, little-endian' },
  { begins: 'MM\0*', is: 'TIFF image data, big-endian' },
  { begins: 'wOFF', is: 'Web Open Font Format' },
  { begins: 'wOF2', is: 'Web Open Font Format (Version 2)' },
  { begins: 'ITSF', is: 'MS Windows HtmlHelp Data' },
  { begins: 'L\0\0\0\x01\x14\x02\0', is: 'MS Windows shortcut' },
  { begins: 'SQLite format 3\0', is: 'SQLite 3.x database' },
  { begins: '!<arch>\n', is: 'current ar archive' },
  { begins: 'dex\n', is: 'Dalvik dex file' },
  { begins: 'ustar', at: 257, is: 'POSIX tar archive' },
  { begins: '#!', is: script },
  { begins: '<?xml', is: 'XML 1.0 document, ASCII text' },
];

const MARKUP = /^[\s\x00]*<(!doctype html|html|head|title|body|script|h1|table)\b/i;

/** @param bytes the first bytes of the file, at least one */
export function kindByTable(bytes: Uint8Array): string {
  if (bytes.length < 2) return 'very short file (no magic)';
  for (const { begins, at = 0, is } of KINDS) {
    if (!beginsWith(bytes, begins, at)) continue;
    const found = typeof is === 'string' ? is : is(bytes);
    if (found !== undefined) return found;
  }
  return textKind(bytes);
}

function beginsWith(bytes: Uint8Array, text: string, at: number): boolean {
  if (bytes.length < at + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function pdf(bytes: Uint8Array): string {
  return `PDF document, version ${/^[\d.]+/.exec(latin1(bytes, 5, 8))?.[0] ?? ''}`;
}

function gif(bytes: Uint8Array): string {
  const version = `GIF image data, version ${latin1(bytes, 3, 6)}`;
  return bytes.length < 10 ? version : `${version}, ${u16le(bytes, 6)} x ${u16le(bytes, 8)}`;
}

const PNG_COLOURS: Readonly<Record<number, string>> = {
  0: 'grayscale',
  2: '/color RGB',
  3: 'colormap',
  4: 'gray+alpha',
  6: '/color RGBA',
};

function png(bytes: Uint8Array): string {
  if (bytes.length < 29) return 'PNG image data';
  const colour = PNG_COLOURS[bytes[25]!] ?? 'unknown';
  const depth = colour.startsWith('/') ? `${bytes[24]}-bit${colour}` : `${bytes[24]}-bit ${colour}`;
  const interlace = bytes[28] === 0 ? 'non-interlaced' : 'interlaced';
  return `PNG image data, ${u32be(bytes, 16)} x ${u32be(bytes, 20)}, ${depth}, ${interlace}`;
}

function jpeg(bytes: Uint8Array): string {
  if (beginsWith(bytes, 'JFIF', 6)) {
    return `JPEG image data, JFIF standard ${bytes[11] ?? 1}.${String(bytes[12] ?? 1).padStart(2, '0')}`;
  }
  return beginsWith(bytes, 'Exif', 6) ? 'JPEG image data, Exif standard' : 'JPEG image data';
}

const PE_MACHINES: Readonly<Record<number, string>> = {
  332: 'Intel 80386',
  34404: 'x86-64',
  43620: 'Aarch64',
};

function portableExecutable(bytes: Uint8Array): string {
  const header = u32le(bytes, 60);
  if (header > bytes.length - 24 || !beginsWith(bytes, 'PE\0\0', header)) {
    return beginsWith(bytes, 'NE', header) ? 'MS-DOS executable, NE for MS Windows 3.x' : 'MS-DOS executable';
  }
  const dll = (u16le(bytes, header + 22) & 0x2000) !== 0;
  const format = u16le(bytes, header + 24) === 0x20b ? 'PE32+' : 'PE32';
  const console = u16le(bytes, header + 92) === 3;
  const kind = dll ? '(DLL) ' : '';
  const machine = PE_MACHINES[u16le(bytes, header + 4)] ?? 'unknown processor';
  return `${format} executable ${kind}(${console ? 'console' : 'GUI'}) ${machine}, for MS Windows`;
}

function elf(bytes: Uint8Array): string {
  const kinds = ['no file type', 'relocatable', 'executable', 'shared object', 'core file'];
  const kind = kinds[bytes[5] === 2 ? u16be(bytes, 16) : u16le(bytes, 16)] ?? 'unknown type';
  return `ELF ${bytes[4] === 2 ? '64' : '32'}-bit ${bytes[5] === 2 ? 'MSB' : 'LSB'} ${kind}`;
}

function zip(bytes: Uint8Array): string {
  const name = latin1(bytes, 30, 30 + Math.min(u16le(bytes, 26), 64));
  if (name === '[Content_Types].xml' || name === '_rels/.rels') return 'Microsoft OOXML';
  if (name.startsWith('META-INF/')) return 'Java archive data (JAR)';
  if (name === 'mimetype') return 'OpenDocument';
  const version = bytes[4]!;
  return `Zip archive data, at least v${Math.floor(version / 10)}.${version % 10} to extract`;
}

function flash(bytes: Uint8Array, name: string): string | undefined {
  return bytes.length < 4 ? undefined : `${name}, version ${bytes[3]}`;
}

function javaOrMach(bytes: Uint8Array): string {
  const version = u16be(bytes, 6);
  return version < 45
    ? 'Mach-O universal binary'
    : `compiled Java class data, version ${version}.${u16be(bytes, 4)}`;
}

function riff(bytes: Uint8Array): string {
  const forms: Readonly<Record<string, string>> = {
    WAVE: ', WAVE audio',
    'AVI ': ', AVI',
    WEBP: ', Web/P image',
  };
  return `RIFF (little-endian) data${forms[latin1(bytes, 8, 12)] ?? ''}`;
}

function script(bytes: Uint8Array): string {
  const line = /^#!\s*([^\r\n]*)/.exec(latin1(bytes, 0, 80))?.[1] ?? '';
  return `${line.trim()} script, ASCII text executable`;
}

/** Text type by the bytes that occur, or `data`. */
function textKind(bytes: Uint8Array): string {
  const text = latin1(bytes, 0, bytes.length);
  if (MARKUP.test(text)) return `HTML document, ${encoding(bytes) ?? 'data'}`;
  const kind = encoding(bytes);
  if (kind === undefined) return 'data';
  if (/\r\n/.test(text)) return `${kind}, with CRLF line terminators`;
  return text.includes('\n') ? kind : `${kind}, with no line terminators`;
}

function encoding(bytes: Uint8Array): string | undefined {
  let high = false;
  for (const byte of bytes) {
    if (byte >= 0x80) high = true;
    else if (byte < 7 || (byte > 13 && byte < 32 && byte !== 27)) return undefined;
  }
  if (!high) return 'ASCII text';
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  return text.includes('�') ? 'ISO-8859 text' : 'Unicode text, UTF-8 text';
}
