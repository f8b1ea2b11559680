// The codes of an authenticator: RFC 6238, SHA-1, six digits, 30 seconds.

import { createHmac } from "node:crypto";

/** RFC 4648 */
function fromBase32(text: string): Buffer {
    let bits = "";
    for (const letter of text.toUpperCase()) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
    return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export function codeAt(secret: string, time: number): string {
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)));
    const digest = createHmac("sha1", fromBase32(secret)).update(step).digest();
    return String((digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Of everybody whom the mock knows; it is RFC 6238's. */
export const mockSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
