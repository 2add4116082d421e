import { pack } from 'tar-stream';

/** Where a file's bytes are mapped; anywhere would do. */
const ADDRESS = 0x40_00_00n;
const HEADERS = 120;
/** For x86-64: pause(2), and again whenever a signal has ended it. */
const CODE = Buffer.from([0x31, 0xff, 0xb8, 0x22, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]);

/** A tar with a program /x that runs until it is killed: a container needs nothing else. */
export async function runningTar(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'x', mode: 0o755 }, program());
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An ELF file: its header, one segment that is the whole file, and the code. */
function program(): Buffer {
  const file = Buffer.alloc(HEADERS + CODE.length);
  file.write('\u007FELF\u0002\u0001\u0001', 'latin1');
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(62, 18); // of x86-64
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(ADDRESS + BigInt(HEADERS), 24); // starts behind its headers
  file.writeBigUInt64LE(64n, 32); // where the segments are described
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56); // how many there are
  file.writeUInt32LE(1, 64); // to be loaded
  file.writeUInt32LE(5, 68); // to be read and run
  file.writeBigUInt64LE(ADDRESS, 80);
  file.writeBigUInt64LE(ADDRESS, 88);
  file.writeBigUInt64LE(BigInt(file.length), 96);
  file.writeBigUInt64LE(BigInt(file.length), 104);
  file.writeBigUInt64LE(0x10_00n, 112);
  CODE.copy(file, HEADERS);
  return file;
}
