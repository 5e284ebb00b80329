"use strict";
// This page checks itself: every record that is embedded in it, and that the reviews shown are the ones in the records.
// specs/09-reputation-bundle.md says what is checked, and what is not. No library, no network.

const text = new TextEncoder();
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(parts)));
const digest = (domain, ...parts) => sha256(text.encode(domain + "\0"), ...parts);

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function base64(written) {
  const bytes = Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0));
  let again = "";
  for (const byte of bytes) again += String.fromCharCode(byte);
  if (btoa(again) !== written) throw new Error("it is not written as base64 is");
  return bytes;
}

// Names as text: bech32m.
const LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function polymod(digits) {
  const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  let check = 1;
  for (const digit of digits) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ digit;
    generator.forEach((term, at) => {
      if ((top >>> at) & 1) check ^= term;
    });
  }
  return check >>> 0;
}

function named(prefix, bytes) {
  const digits = [];
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value & 31) << 8) | byte;
    for (bits += 8; bits >= 5; ) digits.push((value >>> (bits -= 5)) & 31);
  }
  if (bits) digits.push((value << (5 - bits)) & 31);
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  const before = [...codes.map((code) => code >>> 5), 0, ...codes.map((code) => code & 31)];
  const check = polymod([...before, ...digits, 0, 0, 0, 0, 0, 0]) ^ 0x2bc830a3;
  const sums = [5, 4, 3, 2, 1, 0].map((at) => (check >>> (5 * at)) & 31);
  return prefix + "1" + [...digits, ...sums].map((digit) => LETTERS[digit]).join("");
}

// Canonical MessagePack, as records are written in it: one value, one encoding.
class Packed {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
  }

  static read(bytes) {
    const packed = new Packed(bytes);
    const value = packed.value(8);
    if (packed.at !== bytes.length) throw new Error("something stands behind the record");
    return value;
  }

  take(count) {
    if (this.at + count > this.bytes.length) throw new Error("it is cut off");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  number(size, least) {
    this.take(size);
    const at = this.at - size;
    const read = { 1: () => this.view.getUint8(at), 2: () => this.view.getUint16(at), 4: () => this.view.getUint32(at) };
    const found = size === 8 ? this.view.getUint32(at) * 2 ** 32 + this.view.getUint32(at + 4) : read[size]();
    if (found < least || found > Number.MAX_SAFE_INTEGER) throw new Error("a number is not in its shortest form");
    return found;
  }

  value(depth) {
    if (!depth) throw new Error("it is nested too deep");
    const mark = this.take(1)[0];
    if (mark < 0x80) return mark;
    if (mark < 0x90) return this.map(mark & 15, depth);
    if (mark < 0xa0) return this.list(mark & 15, depth);
    if (mark < 0xc0) return this.string(mark & 31);
    switch (mark) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return this.take(this.number(1, 0));
      case 0xc5: return this.take(this.number(2, 0x100));
      case 0xcc: return this.number(1, 0x80);
      case 0xcd: return this.number(2, 0x100);
      case 0xce: return this.number(4, 0x10000);
      case 0xcf: return this.number(8, 2 ** 32);
      case 0xd9: return this.string(this.number(1, 32));
      case 0xda: return this.string(this.number(2, 0x100));
      case 0xdc: return this.list(this.number(2, 16), depth);
      case 0xde: return this.map(this.number(2, 16), depth);
      default: throw new Error("it holds something that records never do");
    }
  }

  string(length) {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(length));
  }

  list(count, depth) {
    return Array.from({ length: count }, () => this.value(depth - 1));
  }

  map(count, depth) {
    const found = new Map();
    let last = null;
    for (let member = 0; member < count; member++) {
      const start = this.at;
      const key = this.value(depth - 1);
      const bytes = this.bytes.subarray(start, this.at);
      if (typeof key !== "string" || (last !== null && !after(last, bytes))) throw new Error("keys are out of order");
      last = bytes;
      found.set(key, this.value(depth - 1));
    }
    return found;
  }
}

// Whether a key (as packed) stands behind another one, byte by byte.
function after(one, other) {
  const [low, high] = [one, other].map((key) => key.subarray(key[0] === 0xd9 ? 2 : 1));
  const at = low.findIndex((byte, place) => byte !== high[place]);
  return at < 0 ? low.length < high.length : at < high.length && low[at] < high[at];
}

// Ed25519, where the browser has it.
async function signatures() {
  try {
    const key = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    if (!key) return null;
  } catch {
    return null;
  }
  const keys = new Map();
  return async (key, signature, message) => {
    const name = hex(key);
    if (!keys.has(name)) keys.set(name, await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]));
    return crypto.subtle.verify("Ed25519", keys.get(name), signature, message);
  };
}

// One record: its signature, its body, its key, and that the line says what the record says.
async function record(line, keys, holds) {
  const [suite, packed, signature, body, ...rest] = Packed.read(base64(line.record));
  if (suite !== 1 || rest.length || signature.length !== 64) throw new Error("it is not a record as this page knows them");
  const header = Packed.read(packed);
  const [by, key, kind] = ["by", "key", "kind"].map((name) => header.get(name));
  const id = await digest("freehold/id/1", packed);
  if (line.id !== named("fhr", id)) throw new Error("'id' is not what the record says");
  if (line.by !== named("fh", by)) throw new Error("'by' is not what the record says");
  if (line.kind !== kind) throw new Error("'kind' is not what the record says");
  if (body !== null && (body.length !== header.get("len") || !same(await sha256(body), header.get("body"))))
    throw new Error("the body is not the one that was signed");
  if (holds && !(await holds(key, signature, joined([text.encode("freehold/sig/1\0"), id]))))
    throw new Error("the signature does not match");
  if (kind === "inception/1") {
    if (keys.has(line.by)) throw new Error("a second key log of the same identity");
    if (!same(await digest("freehold/identity/1", body), by)) throw new Error("the identity is not the hash of its keys");
    keys.set(line.by, Packed.read(body).get("key"));
  }
  if (!keys.has(line.by)) throw new Error("the key log of its author is not on this page");
  if (!same(keys.get(line.by), key)) throw new Error("this key does not speak for that identity");
  return { line, header, body: body === null ? null : Packed.read(body) };
}

// What is shown of people and reviews is what the records say. Invisible characters are not shown, so not compared.
const plain = (words) => words.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{E0000}-\u{E0FFF}]/gu, "");
const line = (words) => plain(words.replace(/[\n\t]/gu, " ")).replace(/\s+/gu, " ").trim();

function shown(card, found) {
  const what = found.get(card.dataset.record);
  if (!what || what.body === null) throw new Error("a review is shown that is not among the records");
  const words = card.querySelector("[data-text]")?.textContent ?? "";
  if (plain(words) !== plain(what.body.get("text") ?? "")) throw new Error("other words are shown than were signed");
  const reply = card.querySelector("[data-reply]");
  if (reply && plain(reply.textContent) !== plain(found.get(reply.dataset.reply)?.body?.get("text") ?? ""))
    throw new Error("another reply is shown than was signed");
  for (const level of card.querySelectorAll("[data-level]"))
    if (level.textContent !== String(what.body.get(level.dataset.level)))
      throw new Error("another level is shown than was signed");
  if (card.querySelector("[data-author]").dataset.author !== what.line.by)
    throw new Error("somebody else is shown as its author");
}

function called(person, names) {
  const identity = person.dataset.author;
  const name = line(names.get(identity) ?? "") || `fh1\u2026${identity.slice(-6)}`;
  if (person.textContent !== name) throw new Error(`another name is shown than ${identity.slice(0, 14)} goes by`);
}

// No review of the subject is left unshown, up to as many as a page shows.
const MOST = 300;

function allShown(subject, found) {
  const cards = [...document.querySelectorAll("[data-record]")].map((card) => card.dataset.record);
  const listed = [...document.querySelectorAll("[data-out]")].map((one) => one.dataset.out);
  const there = new Set([...cards, ...listed]);
  if (cards.length >= MOST || listed.length >= MOST) return;
  for (const [id, one] of found)
    if (one.line.kind === "review/1" && named("fh", one.body.get("subject")) === subject && !there.has(id))
      throw new Error(`a review is not shown that is among the records (${id.slice(0, 14)})`);
}

// The last line: the hash of all others, and perhaps the exporter's signature.
async function whole(lines, keys, holds) {
  const last = JSON.parse(lines[lines.length - 1]);
  const hash = await sha256(text.encode(lines.slice(0, -1).join("\n") + "\n"));
  if (last.sha256 !== hex(hash)) throw new Error("the records are not what was exported: they have another hash");
  if (last.by === undefined || !holds) return;
  const signed = joined([text.encode("freehold/bundle/1\0"), hash]);
  if (!keys.has(last.by) || !(await holds(keys.get(last.by), base64(last.signature), signed)))
    throw new Error("the exporter's signature does not match");
}

async function check(report) {
  const file = document.getElementById("bundle").textContent;
  const lines = file.split("\n");
  if (lines.pop() !== "" || lines.length < 3) throw new Error("the records on this page are cut off");
  const holds = await signatures();
  const [keys, found] = [new Map(), new Map()];
  for (let number = 1; number < lines.length - 1; number++) {
    let what = "";
    try {
      const parsed = JSON.parse(lines[number]);
      if (JSON.stringify(parsed) !== lines[number]) throw new Error("it is written in another way than records are");
      what = ` (${parsed.kind} by ${String(parsed.by).slice(0, 14)})`;
      found.set(parsed.id, await record(parsed, keys, holds));
    } catch (error) {
      throw new Error(`line ${number + 1}${what}: ${error.message}`);
    }
    if (number % 50 === 0) await report(number, lines.length - 2);
  }
  try {
    await whole(lines, keys, holds);
  } catch (error) {
    throw new Error(`line ${lines.length} (the hash): ${error.message}`);
  }
  const profiles = [...found.values()].filter((one) => one.line.kind === "profile/1");
  const names = new Map(profiles.map((one) => [one.line.by, one.body.get("name")]));
  for (const person of document.querySelectorAll("[data-author]")) called(person, names);
  for (const about of document.querySelectorAll("[data-about]")) {
    const said = profiles.find((one) => one.line.by === about.dataset.about)?.body.get("about") ?? "";
    if (plain(said) !== plain(about.textContent)) throw new Error("other words about somebody are shown than they signed");
  }
  for (const card of document.querySelectorAll("[data-record]")) {
    try {
      shown(card, found);
    } catch (error) {
      card.classList.add("wrong");
      throw new Error(`${error.message} (${card.dataset.record.slice(0, 14)})`);
    }
  }
  allShown(JSON.parse(lines[0]).subject, found);
  return { records: found.size, signed: holds !== null };
}

async function main() {
  const verdict = document.getElementById("verdict");
  const tell = (state, words) => {
    verdict.dataset.state = state;
    verdict.textContent = words;
  };
  if (!globalThis.crypto || !crypto.subtle) return tell("unknown", "Not checked: this browser lets no page compute hashes here. Check the file with: freehold reputation check FILE");
  tell("checking", "Checking the records on this page …");
  try {
    const found = await check(async (done, all) => {
      tell("checking", `Checking the records on this page: ${done} of ${all} …`);
      await new Promise((resolve) => setTimeout(resolve));
    });
    if (found.signed) tell("good", `Checked here, now: all ${found.records} records are genuine, and the reviews shown are theirs. The number and the list of contracts are not computed anew here.`);
    else tell("unknown", `Hashes of all ${found.records} records hold. Their signatures could not be checked: this browser has no Ed25519. Check the file with: freehold reputation check FILE`);
  } catch (error) {
    tell("bad", `Do not rely on this page. ${error.message}.`);
  }
}

main();
