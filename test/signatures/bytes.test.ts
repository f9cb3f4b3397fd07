import { describe, expect, test } from 'vitest';
import { holds } from './inspect.js';
import { load, refusal, withOptions } from './rules.js';

describe('byte keywords', () => {
  test.each<[string, string, boolean]>([
    ['byte_test:1,=,97,0;', 'a', true],
    ['byte_test:1,!=,97,0;', 'a', false],
    ['byte_test:1,!,97,0;', 'b', true],
    ['byte_test:2,>,0x0100,0;', '\x01\x01', true],
    ['byte_test:2,>,0x0100,0,little;', '\x01\x01', true],
    ['byte_test:2,=,0x0201,0,little;', '\x01\x02', true],
    ['byte_test:4,&,2147483648,0;', '\x80\0\0\0', true],
    ['byte_test:4,!&,2147483648,0;', '\x80\0\0\0', false],
    ['byte_test:8,=,0x0102030405060708,0;', '\x01\x02\x03\x04\x05\x06\x07\x08', true],
    ['byte_test:1,=,1,4;', 'abcd', false],
    ['byte_test:2,>,1,3;', 'abcd', false],
    ['byte_test:3,=,123,1,string,dec;', 'a123', true],
    ['byte_test:0,=,17,0,string,dec;', '17', true],
    ['byte_test:4,=,255,0,string,hex;', '00ff', true],
    ['byte_test:4,=,0xff,0,string;', '0xff', true],
    ['byte_test:3,=,8,0,string,oct;', '010', true],
    ['byte_test:3,=,1,0,string,dec;', 'abc', false],
    ['byte_test:1,=,0x0f,0,bitmask 0xf0;', '\xf1', true],
    ['content:"a"; byte_test:1,=,98,0,relative;', 'ab', true],
    ['content:"a"; byte_test:1,=,98,0,relative;', 'acab', true],
    ['content:"b"; byte_test:1,=,97,-2,relative;', 'ab', true],
    ['content:"b"; byte_test:1,=,97,-3,relative;', 'ab', false],
    // beyond 2^53
    ['byte_test:8,=,0xfffffffffffffffe,0;', '\xff\xff\xff\xff\xff\xff\xff\xff', false],
    ['byte_test:8,=,18446744073709551615,0;', '\xff\xff\xff\xff\xff\xff\xff\xff', true],
    ['byte_test:8,>,0xfffffffffffffffe,0;', '\xff\xff\xff\xff\xff\xff\xff\xff', true],
    ['byte_test:8,=,0x0807060504030201,0,little;', '\x01\x02\x03\x04\x05\x06\x07\x08', true],
    ['byte_test:8,&,1,0;', '\xff\xff\xff\xff\xff\xff\xff\xfe', false],
    ['byte_test:20,=,18446744073709551614,0,string,dec;', '18446744073709551614', true],
    ['byte_test:20,=,1,0,string,dec;', '18446744073709551617', false],
    ['byte_test:2,=,-1,0,string,dec;', '-1', true],
    ['byte_test:4,=,1,0,bitmask 0x80000000;', '\x80\0\0\0', true],
    [
      'byte_extract:8,0,n; byte_test:8,=,n,8;',
      '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe',
      false,
    ],
    [
      'byte_math:bytes 8, offset 0, oper -, rvalue 1, result r; byte_test:8,=,r,8;',
      '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe',
      true,
    ],
    [
      'byte_math:bytes 1, offset 0, oper -, rvalue 3, result r; content:"c"; content:"b"; distance:r;',
      '\x01abc',
      true,
    ],
    // byte_jump
    ['byte_jump:1,0; content:"c"; within:1;', '\x02abc', true],
    ['byte_jump:1,0,multiplier 2; content:"c"; within:1;', '\x01abc', true],
    ['byte_jump:1,0,align; content:"e"; within:1;', '\x03abcde', true],
    ['byte_jump:1,0,post_offset -1; content:"b"; within:1;', '\x02abc', true],
    ['byte_jump:1,1,from_beginning; content:"c"; within:1;', 'a\x03bc', true],
    ['byte_jump:1,0,from_end, post_offset -2; content:"c"; within:1;', '\x00abcd', true],
    ['byte_jump:1,0;', '\x09abc', false],
    ['content:"b"; byte_jump:0,0,relative,post_offset -2; content:"a"; within:1;', 'abc', true],
    ['content:"b"; byte_jump:0,0,relative,post_offset -3; content:"a"; within:1;', 'abc', true],
    ['byte_jump:1,0,post_offset -100; content:"b"; within:2;', '\x01bc', true],
    ['byte_jump:1,0,post_offset 2;', '\x01bc', false],
    // a negative number leads back, and is aligned as one of 64 bits
    ['byte_jump:2,1,string,dec,align; content:"c"; within:1;', 'a-3c', true],
    ['byte_jump:2,1,string,dec; content:"-"; within:1;', 'a-2c', true],
    ['byte_jump:8,0,multiplier 3,post_offset -9;', '0a.01\x031x', true],
    // variables
    ['byte_extract:1,0,n; content:"c"; offset:n;', '\x03abc', true],
    ['byte_extract:1,0,n; content:"b"; offset:n;', '\x03abc', false],
    ['byte_extract:1,0,n; byte_test:1,=,n,1;', 'aa', true],
    ['byte_extract:1,0,n,multiplier 2; byte_test:1,=,n,1;', '\x02\x04', true],
    ['byte_extract:1,0,n,string,dec; content:"a"; content:"b"; distance:n;', '1a.b', true],
    ['byte_extract:1,0,n; content:"c"; within:n;', '\x02.c', true],
    ['byte_extract:1,0,n; isdataat:n;', '\x02abc', true],
    ['byte_extract:1,0,n; isdataat:n;', '\x04abc', false],
    ['content:"a"; byte_extract:1,0,n,relative; byte_test:1,=,n,0,relative;', 'axabb', true],
    ['byte_math:bytes 1, offset 0, oper +, rvalue 1, result r; byte_test:1,=,r,1;', 'ab', true],
    ['byte_math:bytes 1, offset 0, oper <<, rvalue 2, result r; byte_test:1,=,r,1;', '\x11\x44', true],
    ['byte_math:bytes 1, offset 0, oper -, rvalue 1, result r; byte_test:1,>,r,1;', '\x00\x44', false],
    [
      'byte_extract:1,0,n; byte_math:bytes 1, offset 1, oper *, rvalue n, result r; byte_test:1,=,r,2;',
      '\x02\x03\x06',
      true,
    ],
    ['byte_extract:1,0,n; byte_math:bytes 1, offset 1, oper /, rvalue n, result r;', '\x00\x03', false],
    ['byte_math:bytes 1, offset 1, oper /, rvalue 0, result r;', '\x00\x03', false],
    // a negative value is no offset and no size
    ['byte_math:bytes 1, offset 0, oper -, rvalue 3, result r; content:"a"; offset:r;', '\x01abc', false],
    ['byte_math:bytes 1, offset 0, oper -, rvalue 3, result r; content:"a"; depth:r;', '\x01abc', true],
    ['byte_math:bytes 1, offset 0, oper -, rvalue 3, result r; isdataat:r;', '\x01abc', false],
    ['byte_math:bytes 1, offset 0, oper -, rvalue 3, result r; isdataat:!r;', '\x01abc', true],
    // another match extracts another number
    ['content:"a"; byte_extract:1,0,n,relative; pcre:"/b/"; isdataat:n;', 'a\x09a\x01b', true],
    [
      'content:"a"; byte_extract:1,0,n,relative; pcre:"/b/"; content:"c"; distance:n; within:1;',
      'a\x09a\x01b.c',
      true,
    ],
    ['content:"a"; byte_extract:1,0,n,relative; content:"b"; isdataat:n;', 'a\x09a\x01b', true],
    // … but a content that is not relative is searched once
    ['content:"a"; byte_extract:1,0,n,relative; content:"b"; offset:n;', 'a\x09a\x01b', false],
    [
      'byte_math:bytes 2, offset 0, oper +, rvalue 1, result r, endian little, string dec; byte_test:1,=,r,2;',
      '09\x0a',
      true,
    ],
    // isdataat
    ['isdataat:3;', 'abcd', true],
    ['isdataat:4;', 'abcd', false],
    ['isdataat:!4;', 'abcd', true],
    ['content:"c"; isdataat:1,relative;', 'abcd', true],
    ['content:"d"; isdataat:!1,relative;', 'abcd', true],
    ['isdataat:4,relative;', 'abcd', true],
    ['isdataat:5,relative;', 'abcd', false],
    // base64
    ['base64_decode; base64_data; content:"thisisatest";', 'dGhpc2lzYXRlc3QK', true],
    ['base64_decode:offset 6; base64_data; content:"this"; startswith;', '/?arg=dGhpc2lz', true],
    ['base64_decode:bytes 6, offset 6; base64_data; content:"this"; endswith;', '/?arg=dGhpc2lz', true],
    ['content:"="; base64_decode:relative; base64_data; pcre:"/^this$/";', '/?arg=dGhpcw==', true],
    ['content:"="; base64_decode:relative; base64_data; content:"that";', '/?arg=dGhpcw==', false],
    ['base64_decode; base64_data; content:"a";', '%%%%', false],
  ])('%s in %j: %s', (options, payload, expected) => expect(holds(options, payload)).toBe(expected));
});

describe('invalid arguments', () => {
  test.each([
    'byte_test:1,=;',
    'byte_test:9,=,1,0;',
    'byte_test:0,=,1,0;',
    'byte_test:1,~,1,0;',
    'byte_test:1,=,1,0,nonsense;',
    'byte_test:1,=,1,0,dec;',
    'byte_test:24,=,1,0,string,dec;',
    'byte_test:1,=,x,0;',
    'byte_test:no_var,=,1,5;',
    'byte_test:1,=,1,70000;',
    'byte_test:1,=,1,0,dce,string,dec;',
    'byte_jump:1;',
    'byte_jump:1,0,multiplier 0;',
    'byte_jump:x,0;',
    'byte_jump:1,0,post_offset 70000;',
    'byte_extract:1,0;',
    'byte_extract:1,0,1a;',
    'byte_extract:1,0,a,align 3;',
    'byte_extract:1,0,a; byte_extract:1,0,a;',
    'byte_math:bytes 1, offset 0, oper +, rvalue 1;',
    'byte_math:bytes 1, offset 0, oper %, rvalue 1, result a;',
    'byte_math:bytes 1, offset 0, oper +, rvalue 1, result a, endian big, endian little;',
    'byte_math:bytes 1, offset 0, oper +, rvalue 1, result a, dce, dce;',
    'byte_math:bytes 1, bytes 2, offset 0, oper +, rvalue 1, result a;',
    'isdataat:x;',
    'isdataat:1,nonsense;',
    'isdataat:65536;',
    'base64_decode:bytes 0;',
    'base64_decode:nonsense;',
    'entropy:value > x;',
    'entropy:> x;',
    'absent;',
    'sample.uri; absent; content:"a";',
    'byte_jump:1,0,from_end,from_beginning;',
    'byte_jump:1,0,dce,big;',
    'byte_test:2,=,1,0,dce,little;',
    'byte_extract:2,0,a,dce,string,hex;',
    'asn1:oversize_length x;',
    'asn1:relative_offset 4;',
    'asn1:nonsense;',
    'rpc:x;',
    'rpc:1,2,3,4;',
    'sample.uri; absent:maybe;',
    'sample.uri; content:"a"; absent;',
    'sample.uri; entropy:offset 1;',
    'sample.uri; entropy:value 5-4;',
  ])('%s is rejected', options => expect(refusal(options)).toBeDefined());

  test.each([
    [
      'byte_extract:1,5,len; byte_test:no_var,=,0x01,5,bitmask 0xFF;',
      'Unknown byte_extract var seen in byte_test - no_var',
    ],
    [
      'byte_math:bytes no_var, offset 1, oper +, rvalue 1, result r;',
      'Unknown byte_extract var seen in byte_math - no_var',
    ],
    [
      'ipv4.hdr; byte_math:bytes 1, offset 1, oper <<, rvalue 2, result r, relative;',
      'relative specified without previous pattern match',
    ],
  ])('%s is rejected', (options, message) => expect(refusal(options)).toBe(message));
});

test('a shift of byte_math that leaves nothing causes a warning, and an error with strict keywords', () => {
  const shift = (rvalue: number) =>
    withOptions(`byte_math:bytes 2, offset 0, oper >>, rvalue ${rvalue}, result r; byte_test:1,=,r,0;`);
  expect(load(shift(63)).warnings).toHaveLength(0);
  expect(load(shift(64)).warnings).toHaveLength(1);
  expect(load(shift(64), { strict: ['byte_math'] }).errors).toHaveLength(1);
});
