/** A growing byte buffer with varints: the whole of our binary formats. */
export class ByteWriter {
  private bytes = Buffer.allocUnsafe(4096);
  length = 0;

  private room(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + extra));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  /** Unsigned integer below 2^53, seven bits a byte, least first. */
  varint(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = rest < 4_294_967_296 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** A 52-bit hash in seven bytes. */
  hash(value: number): void {
    this.room(7);
    const { bytes, length } = this;
    const low = value >>> 0;
    const high = Math.floor(value / 4_294_967_296);
    bytes[length] = low;
    bytes[length + 1] = low >>> 8;
    bytes[length + 2] = low >>> 16;
    bytes[length + 3] = low >>> 24;
    bytes[length + 4] = high;
    bytes[length + 5] = high >>> 8;
    bytes[length + 6] = high >>> 16;
    this.length += 7;
  }

  double(value: number): void {
    this.room(8);
    this.bytes.writeDoubleLE(value, this.length);
    this.length += 8;
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.room(size);
    this.bytes.write(value, this.length, 'utf8');
    this.length += size;
  }

  raw(value: Uint8Array): void {
    this.varint(value.length);
    this.room(value.length);
    this.bytes.set(value, this.length);
    this.length += value.length;
  }

  clear(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.bytes, 0, this.length);
  }
}

export class ByteReader {
  private readonly buffer: Buffer;
  constructor(
    bytes: Uint8Array,
    public at = 0,
  ) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.buffer.length;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.at++];
      if (byte === undefined) throw new Error('feature row: ends too early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  hash(): number {
    const { buffer, at } = this;
    if (at + 7 > buffer.length) throw new Error('feature row: ends too early');
    this.at += 7;
    const low = buffer[at]! + buffer[at + 1]! * 256 + buffer[at + 2]! * 65_536 + buffer[at + 3]! * 16_777_216;
    const high = buffer[at + 4]! + buffer[at + 5]! * 256 + buffer[at + 6]! * 65_536;
    return high * 4_294_967_296 + low;
  }

  double(): number {
    if (this.at + 8 > this.buffer.length) throw new Error('feature row: ends too early');
    const value = this.buffer.readDoubleLE(this.at);
    this.at += 8;
    return value;
  }

  text(): string {
    const size = this.varint();
    const value = this.buffer.toString('utf8', this.at, this.at + size);
    this.at += size;
    return value;
  }

  raw(): Uint8Array {
    const size = this.varint();
    const value = this.buffer.subarray(this.at, this.at + size);
    this.at += size;
    return value;
  }
}
