// Offline verifier of evidence bundles 离线验证器 for browsers: the same checks, in the same order and with the same
// refusals, as interfaces/client/verifier.py (docs/verification/evidence-bundle.md), by WebCrypto and nothing else.
// WebCrypto has no ML-DSA-44: such signatures are named as not checked and never count.
// One door: `await xinluVerify(bundle, policy)`, both Uint8Array; it never throws.
"use strict";

const xinluVerify = (() => {
  const FORMAT = "xinlu/evidence@v1";
  const BUNDLE_BYTES_MAX = 64 * 1024 * 1024;
  const POLICY_BYTES_MAX = 256 * 1024, NOTE_BYTES_MAX = 256 * 1024;
  const NOTE_SIGNATURES_MAX = 64, POLICY_NAMES_MAX = 32, NAME_BYTES_MAX = 255, DEPTH_MAX = 64;
  const PLACE_SHOWN_MAX = 300, WORD_SHOWN_MAX = 100;
  const LOGS = ["records", "access", "views"], OUTWARD = ["public", "shared"], MAPS = [...OUTWARD, "shield", "access"];
  const EPOCH_FORM = "credit/view-epoch@v1\nepoch #\nrecords # *\ndigest # *\naccess # *\naccess-digest # *\nrule *\n"
    + "map public * #\nmap shared * #\nmap shield * #\nmap access * #\ndelta *\n";
  const RECORD_DETERMINED = 1, FILE_SEALED = 2, SUBJECT_REGISTERED = 7, PARTS_ERASED = 29, LOOKED = 128;
  const KEY_REGISTERED = 3, KEY_REVOKED = 4, DEPARTMENT_REGISTERED = 5;
  const GOVERNING = [KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED];
  const KEY_ENDED = 33; // in access what a revocation is in records
  const LISTING_DECIDED = 46, RED_LISTED = 90;
  const SHIELDING = new Map([ // the act that ends; the kind that it ends, its sentence
    [10, [RECORD_DETERMINED, "publicity_ended"]], [14, [RECORD_DETERMINED, "withdrawn"]],
    [21, [RECORD_DETERMINED, "shielded"]], [48, [LISTING_DECIDED, "delisted"]], [91, [RED_LISTED, "delisted"]],
  ]);
  const ED25519_NOTE = 1, ED25519_COSIGNATURE = 4, MLDSA44 = 6;
  const PUBLIC_KEY_BYTES = new Map([[ED25519_NOTE, 32], [ED25519_COSIGNATURE, 32], [MLDSA44, 1312]]);
  const FIELD = 2n ** 255n - 19n;
  const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
  const WEAK = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8];
  const SENTENCES = /*sentences*/{}; // CHECKED and UNCHECKED of verifier.py, put in when the page is written
  const ALWAYS_UNCHECKED = ["truth", "competence", "left_out"];

  class Refused extends Error {
    constructor(code, where) {
      super(code);
      this.code = code;
      this.where = plain(where, PLACE_SHOWN_MAX);
    }
  }

  function demand(condition, code, where) {
    if (!condition) throw new Refused(code, where);
  }

  class Report {
    constructor() {
      this.checked = [];
      this.unchecked = [];
      this.paths = [];
      this.refused = null;
    }

    /** Add a sentence on what was checked, or once one on what was not. */
    say(code, words = {}) {
      const kind = Object.hasOwn(SENTENCES.checked, code) ? "checked" : "unchecked";
      const fill = (one) => one.replace(/\{(\w+)\}/g, (_, name) => plain(String(words[name]), PLACE_SHOWN_MAX));
      const line = SENTENCES[kind][code].map(fill).join(" / ");
      if (kind === "checked" || !this[kind].includes(line)) this[kind].push(line);
    }
  }

  // --- bytes ---------------------------------------------------------------------------------------------------

  const encoder = new TextEncoder();
  const bytesOf = (text) => encoder.encode(text);
  const cut = (text, most) => [...text.slice(0, 2 * most)].slice(0, most).join("");
  const plain = (text, most) => cut(text, most).replace(/\p{C}|(?! )\p{Z}/gu, "?");
  const hexOf = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
  const numberOf = (data) => BigInt("0x0" + hexOf(data));

  function joined(...pieces) {
    const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  function bigEndian(value, size) {
    return fromHex(BigInt(value).toString(16).padStart(2 * size, "0"));
  }

  function fromHex(text) {
    return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
  }

  // --- strict reading ------------------------------------------------------------------------------------------

  const isObject = (value) => value instanceof Map;

  function object(value, where) {
    demand(isObject(value), "malformed", where);
    return value;
  }

  function list(value, where) {
    demand(Array.isArray(value), "malformed", where);
    return value;
  }

  function text(value, where) {
    demand(typeof value === "string", "malformed", where);
    return value;
  }

  function number(value, where) {
    demand(typeof value === "number" && value >= 0, "malformed", where);
    return value + 0;
  }

  function decimal(value, where) {
    demand(/^(?:0|[1-9][0-9]{0,15})$/.test(value), "malformed", where);
    demand(Number.isSafeInteger(Number(value)), "malformed", where);
    return Number(value);
  }

  function base64(value, where, size) {
    let decoded = null;
    try {
      decoded = atob(text(value, where));
    } catch {
      decoded = null;
    }
    demand(decoded !== null && btoa(decoded) === value, "malformed", where);
    demand(size === undefined || decoded.length === size, "malformed", where);
    return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
  }

  function hex(value, where, size) {
    demand(/^[0-9a-f]*$/.test(text(value, where)) && value.length === 2 * size, "malformed", where);
    return fromHex(value);
  }

  function uuid(value, where) {
    const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
    demand(form.test(text(value, where)), "malformed", where);
    return fromHex(value.replaceAll("-", ""));
  }

  /** The values of a text that is a form filled in, word by word: # a number, * a hash. */
  function filled(source, form, where) {
    const words = source.split(/([ \n])/), places = form.split(/([ \n])/);
    demand(words.length === places.length, "malformed", where);
    const values = [];
    for (const [at, place] of places.entries()) {
      if (place === "#") values.push(decimal(words[at], where));
      else if (place === "*") values.push(base64(words[at], where, 32));
      else demand(words[at] === place, "malformed", where);
    }
    return values;
  }

  const hashes = (value, where) => list(value, where).map((item) => base64(item, where, 32));

  /** JSON with one meaning for every reader; objects as Map. JSON.parse would take a member twice, and fractions. */
  class Reader {
    constructor(source) {
      this.source = source;
      this.at = 0;
    }

    static read(data, where) {
      try {
        const reader = new Reader(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
        const value = reader.value(1);
        reader.space();
        if (reader.at !== reader.source.length) throw new SyntaxError();
        return value;
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof TypeError) throw new Refused("malformed", where);
        throw error;
      }
    }

    space() {
      while (" \t\n\r".includes(this.source[this.at] ?? "x")) this.at += 1;
    }

    take(token) {
      if (!this.source.startsWith(token, this.at)) return false;
      this.at += token.length;
      return true;
    }

    need(token) {
      if (!this.take(token)) throw new SyntaxError();
    }

    value(depth) {
      if (depth > DEPTH_MAX) throw new SyntaxError();
      this.space();
      if (this.take("{")) return this.object(depth);
      if (this.take("[")) return this.array(depth);
      if (this.take('"')) return this.string();
      for (const [token, meant] of [["true", true], ["false", false], ["null", null]]) {
        if (this.take(token)) return meant;
      }
      return this.number();
    }

    object(depth) {
      const members = new Map();
      this.space();
      if (this.take("}")) return members;
      do {
        this.space();
        this.need('"');
        const name = this.string();
        if (members.has(name)) throw new SyntaxError();
        this.space();
        this.need(":");
        members.set(name, this.value(depth + 1));
        this.space();
      } while (this.take(","));
      this.need("}");
      return members;
    }

    array(depth) {
      const items = [];
      this.space();
      if (this.take("]")) return items;
      do {
        items.push(this.value(depth + 1));
        this.space();
      } while (this.take(","));
      this.need("]");
      return items;
    }

    string() {
      const escapes = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
      let out = "";
      for (;;) {
        const start = this.at;
        let code = this.source.charCodeAt(this.at);
        while (code >= 32 && code !== 34 && code !== 92) code = this.source.charCodeAt(++this.at);
        out += this.source.slice(start, this.at);
        if (this.take('"')) break;
        this.need("\\");
        const letter = this.source[this.at++] ?? "";
        if (letter === "u") {
          const digits = this.source.slice(this.at, this.at + 4);
          if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new SyntaxError();
          out += String.fromCharCode(parseInt(digits, 16));
          this.at += 4;
        } else if (Object.hasOwn(escapes, letter)) {
          out += escapes[letter];
        } else {
          throw new SyntaxError();
        }
      }
      if (/\p{Surrogate}/u.test(out)) throw new SyntaxError();
      return out;
    }

    number() {
      const form = /-?(?:0|[1-9][0-9]*)(?![.eE])/y;
      form.lastIndex = this.at;
      const found = form.exec(this.source);
      if (!found || !Number.isSafeInteger(Number(found[0]))) throw new SyntaxError();
      this.at = form.lastIndex;
      return Number(found[0]);
    }
  }

  // --- hashing (RFC 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2; STORAGE 1) -------------------------------------------

  const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1), MAP_LEAF = Uint8Array.of(2), MAP_NODE = Uint8Array.of(3);
  const ZERO = new Uint8Array(32); // a missing child of a map's node
  const sha256 = async (...data) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...data)));

  async function hmac(key, message) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
  }

  /** The hash above, from a node and its siblings upwards; a side is true where the sibling stands left. */
  async function fold(node, siblings, sides, prefix = NODE, steps = []) {
    for (const [at, left] of sides.entries()) {
      node = await (left ? sha256(prefix, siblings[at], node) : sha256(prefix, node, siblings[at]));
      steps.push({ left, sibling: hexOf(siblings[at]), node: hexOf(node) });
    }
    return node;
  }

  /** The sides of a path's siblings, from a node of the level that ends at `last`, all the way to the root. */
  function sidesOf(node, last, path, code, where) {
    demand(node <= last, code, where);
    const sides = [], half = () => { node = Math.floor(node / 2); last = Math.floor(last / 2); };
    while (last && sides.length < path.length) {
      const left = node % 2 === 1 || node === last;
      while (left && node && node % 2 === 0) half(); // nothing stands right of it: it moves up as it is
      sides.push(left);
      half();
    }
    demand(last === 0 && sides.length === path.length, code, where);
    return sides;
  }

  async function checkConsistent(size, root, head, path, where) {
    const code = "consistency";
    if (size === head.size) {
      demand(!path.length && same(root, head.root), code, where);
      return;
    }
    demand(size < head.size && path.length, code, where);
    let node = size - 1, last = head.size - 1;
    for (; node % 2 === 1; node = Math.floor(node / 2)) last = Math.floor(last / 2);
    const [first, ...above] = node ? path : [root, ...path]; // a whole tree's root is known and not repeated
    const sides = sidesOf(node, last, above, code, where), lefts = above.filter((_, at) => sides[at]);
    demand(same(await fold(first, lefts, lefts.map(() => true)), root), code, where);
    demand(same(await fold(first, above, sides), head.root), code, where);
  }

  async function rowsRoot(hashes) {
    if (!hashes.length) return sha256();
    while (hashes.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < hashes.length; at += 2) above.push(await sha256(NODE, hashes[at], hashes[at + 1]));
      if (hashes.length % 2) above.push(hashes.at(-1));
      hashes = above;
    }
    return hashes[0];
  }

  const mapKey = (view, record) => sha256(bytesOf(`credit/map/v1\n${view}\n`), record);

  /** The value of a key in the map of a root, or null when it is proven absent. */
  async function mapValue(name, root, key, told, where, report) {
    const proof = object(told, where), kind = proof.get("kind");
    const siblings = list(proof.get("siblings"), where).map((one) => hex(one, where, 32));
    const depth = siblings.length, ways = waysOf(key);
    let leaf = [];
    if (kind === "inclusion") {
      leaf = [key, hex(proof.get("value"), where, 32)];
    } else if (kind === "nonInclusionLeaf") {
      leaf = list(proof.get("leaf"), where).map((one) => hex(one, where, 32));
      demand(leaf.length === 2, "malformed", where);
      // A leaf from elsewhere in the map says nothing about this key.
      const others = waysOf(leaf[0]), beside = ways.every((way, at) => at >= depth || way === others[at]);
      demand(!same(leaf[0], key) && beside, "map", where);
    } else {
      demand(kind === "nonInclusionParent", "malformed", where);
    }
    const node = leaf.length ? await sha256(MAP_LEAF, ...leaf) : ZERO, steps = [];
    demand(depth <= ways.length && (depth || !leaf.length), "map", where);
    // A leaf beside a missing child would have moved up: no other map has one shape.
    demand(!depth || !same(siblings.at(-1), ZERO) || (depth === 1 && leaf.length), "map", where);
    const above = await fold(node, siblings.reverse(), ways.slice(0, depth).reverse(), MAP_NODE, steps);
    demand(same(above, root), "map", where);
    report.paths.push({ name: where, map: name, ending: kind, start: hexOf(node), steps });
    return kind === "inclusion" ? leaf[1] : null;
  }

  /** A key's way from a map's root: true where it goes right, so that the sibling stands left. */
  const waysOf = (key) => Array.from({ length: 256 }, (_, at) => ((key[at >> 3] >> (7 - (at & 7))) & 1) === 1);

  // --- policy, notes, checkpoints (C2SP tlog-policy, signed-note, tlog-checkpoint, tlog-cosignature) -------------

  function lawful(name) {
    const spaces = /[+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
    return name !== "" && !spaces.test(name) && bytesOf(name).length <= NAME_BYTES_MAX;
  }

  function weak(point) {
    const little = Uint8Array.from(point).reverse();
    little[0] &= 0x7f;
    const y = numberOf(little);
    return y >= FIELD || WEAK.includes(y);
  }

  async function parseKey(source) {
    const [name, keyId = "", ...rest] = source.split("+");
    const blob = base64(rest.join("+"), "vkey");
    const algorithm = blob[0] ?? 0, key = blob.slice(1);
    demand(lawful(name) && PUBLIC_KEY_BYTES.get(algorithm) === key.length, "policy", "vkey");
    const id = (await sha256(bytesOf(`${name}\n`), blob)).slice(0, 4);
    demand(same(hex(keyId, "vkey", 4), id), "policy", "vkey");
    demand(algorithm === MLDSA44 || !weak(key), "policy", "vkey");
    return { name, algorithm, id, key };
  }

  class Policy {
    constructor() {
      this.logs = [];
      this.retired = new Map();
      this.witnesses = new Map();
      this.groups = new Map();
      this.members = new Set();
      this.quorum = null;
    }

    static async of(data) {
      demand(data.length <= POLICY_BYTES_MAX, "too_large", "policy");
      const policy = new Policy();
      try {
        const source = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
        const lines = source.split("\n");
        demand(lines.pop() === "" && !/[\x00-\x08\x0b-\x1f\x7f]/.test(source), "policy", "policy");
        for (const line of lines) {
          const words = line.split(/[ \t]/).filter((word) => word);
          if (words.length && (words[0] === "#retired" || !words[0].startsWith("#"))) await policy.take(words);
        }
      } catch (error) {
        if (error instanceof Refused || error instanceof TypeError) throw new Refused("policy", "policy");
        throw error;
      }
      demand(policy.logs.length && policy.quorum !== null, "policy", "policy");
      return policy;
    }

    async take([kind, ...rest]) {
      const taken = (name) => name === "none" || this.witnesses.has(name) || this.groups.has(name);
      const keys = [...this.logs, ...this.retired.keys(), ...this.witnesses.values()];
      const twice = (key) => keys.some((other) => same(other.key, key.key));
      const lawfulLine = (condition) => demand(condition, "policy", kind);
      if (kind === "log" && [1, 2].includes(rest.length) && this.logs.length < POLICY_NAMES_MAX) {
        const key = await parseKey(rest[0]);
        lawfulLine(key.algorithm !== ED25519_COSIGNATURE && !twice(key));
        this.logs.push(key);
      } else if (kind === "#retired" && rest.length === 2) {
        const key = await parseKey(rest[1]);
        lawfulLine(key.algorithm !== ED25519_COSIGNATURE && !twice(key));
        this.retired.set(key, decimal(rest[0], kind));
      } else if (kind === "witness" && [2, 3].includes(rest.length) && this.witnesses.size < POLICY_NAMES_MAX) {
        const key = await parseKey(rest[1]);
        lawfulLine(!taken(rest[0]) && key.algorithm !== ED25519_NOTE && !twice(key));
        this.witnesses.set(rest[0], key);
      } else if (kind === "group" && rest.length >= 3 && this.groups.size < POLICY_NAMES_MAX) {
        const [name, threshold, ...inside] = rest;
        lawfulLine(!taken(name) && new Set(inside).size === inside.length);
        lawfulLine(inside.every((member) => member !== "none" && taken(member) && !this.members.has(member)));
        const counts = { any: 1, all: inside.length };
        const needed = Object.hasOwn(counts, threshold) ? counts[threshold] : decimal(threshold, kind);
        lawfulLine(needed >= 1 && needed <= inside.length);
        inside.forEach((member) => this.members.add(member));
        this.groups.set(name, { needed, inside });
      } else {
        lawfulLine(kind === "quorum" && rest.length === 1 && taken(rest[0]) && this.quorum === null);
        this.quorum = rest[0];
      }
    }

    satisfied(name, signed) {
      if (name === "none" || signed.has(name)) return true;
      const group = this.groups.get(name);
      return Boolean(group) && group.inside.filter((one) => this.satisfied(one, signed)).length >= group.needed;
    }
  }

  /** Message, signature and time (0n: none) of a signature line's blob after the key id. */
  function signedBytes(key, message, blob) {
    if (key.algorithm === ED25519_NOTE) return { message, signature: blob, seconds: 0n };
    const seconds = numberOf(blob.slice(0, 8));
    const head = bytesOf(`cosignature/v1\ntime ${seconds}\n`);
    return { message: joined(head, message), signature: blob.slice(8), seconds };
  }

  async function holds(key, message, signature) {
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    } catch (error) {
      if (error.name === "NotSupportedError") throw new Refused("unsupported", "Ed25519");
      return false;
    }
    return await crypto.subtle.verify("Ed25519", imported, signature, message) && !weak(signature.slice(0, 32));
  }

  async function vouching(lines, keys, message, where) {
    const signed = new Map(), untried = [];
    let logs = 0;
    for (const line of lines) {
      const words = line.split(" ");
      demand(words.length === 3 && words[0] === "—" && lawful(words[1]), "malformed", where);
      const blob = base64(words[2], where);
      demand(blob.length >= 5, "malformed", where);
      for (const { witness, key } of keys) {
        if (key.name !== words[1] || !same(key.id, blob.slice(0, 4))) continue;
        if (key.algorithm === MLDSA44) {
          untried.push(key.name);
          continue;
        }
        const told = signedBytes(key, message, blob.slice(4));
        demand(await holds(key.key, told.message, told.signature), "bad_signature", where);
        if (witness === null) logs += 1;
        else if (told.seconds) signed.set(witness, told.seconds);
      }
    }
    return { logs, signed, untried };
  }

  function when(seconds) {
    if (seconds >= 2n ** 33n) return `${seconds} s`;
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}+00:00`;
  }

  async function checkpoint(note, origin, policy, report) {
    const where = `checkpoints/${origin}`;
    demand(bytesOf(note).length <= NOTE_BYTES_MAX, "too_large", where);
    const split = note.lastIndexOf("\n\n");
    demand(split >= 0, "malformed", where);
    const text = note.slice(0, split), lines = note.slice(split + 2).split("\n");
    demand(lines.pop() === "" && !/[\x00-\x09\x0b-\x1f]/.test(note), "malformed", where);
    demand(lines.length > 0 && lines.length <= NOTE_SIGNATURES_MAX && lawful(origin), "malformed", where);
    const [size, root] = filled(text, `${origin}\n#\n*`, where); // no extension lines (FORMATS 1.3)
    const fit = [...policy.retired].filter(([, largest]) => size <= largest).map(([key]) => key);
    const believed = [...policy.logs, ...fit];
    const keys = [
      ...believed.filter((key) => key.name === origin).map((key) => ({ witness: null, key })),
      ...[...policy.witnesses].map(([witness, key]) => ({ witness, key })),
    ];
    const { logs, signed, untried } = await vouching(lines, keys, bytesOf(`${text}\n`), where);
    for (const name of untried) report.say("ml_dsa", { name });
    demand(logs, "untrusted", where);
    demand(policy.satisfied(policy.quorum, signed), "quorum", where);
    const by = [...signed.keys()].sort().map((name) => `${name} (${when(signed.get(name))})`).join(", ") || "-";
    report.say("checkpoint", { origin, size, by });
    return { size, root, witnessed: signed.size > 0 };
  }

  // --- entries and keys (STORAGE 1, 2; FORMATS 5.4) ---------------------------------------------------------------------

  function part(leaf, name) {
    return object(leaf.parts.get(name), `${leaf.name}/${name}`);
  }

  function said(told, ...names) {
    const words = names.map((name) => told.get(name)).filter((value) => typeof value === "string");
    return words.map((value) => cut(value, WORD_SHOWN_MAX)).join(" ");
  }

  class Verifier {
    constructor(bundle, report) {
      this.bundle = bundle;
      this.report = report;
      this.heads = new Map();
      this.leaves = new Map();
      this.keys = new Map();
      this.revoked = new Map();
      this.ended = new Map();
      this.governing = new Set();
      this.departments = new Map();
      this.covered = new Map();
      this.maps = new Map();
    }

    async read(policy) {
      const bundle = this.bundle;
      demand(bundle.get("format") === FORMAT, "malformed", "format");
      this.ledger = hex(bundle.get("ledger"), "ledger", 16);
      const authority = text(bundle.get("authority"), "authority");
      for (const [log, note] of object(bundle.get("checkpoints"), "checkpoints")) {
        if (!LOGS.includes(log)) continue;
        const told = text(note, `checkpoints/${log}`);
        this.heads.set(log, await checkpoint(told, `${authority}/${log}`, policy, this.report));
      }
      for (const [name, value] of object(bundle.get("leaves"), "leaves")) {
        this.leaves.set(name, await this.readLeaf(`leaves/${name}`, object(value, `leaves/${name}`)));
      }
      this.ordered = [...this.leaves.values()].sort((a, b) => a.index - b.index);
      await this.learnKeys();
      this.seals = await this.readSeals();
      for (const leaf of this.leaves.values()) {
        if (!this.governing.has(leaf.name)) await this.checkSigner(leaf); // those were checked while learning from them
      }
      for (const code of this.leaves.size ? ["entries", "signers"] : []) this.report.say(code);
      if (bundle.has("epoch")) await this.readEpoch(object(bundle.get("epoch"), "epoch"));
    }

    /** The index at which a log holds the bytes of an entry; the path is kept to be drawn. */
    async entry(log, told, data, where) {
      const index = number(told.get("index"), where), path = hashes(told.get("path"), where);
      const head = this.heads.get(log), start = await sha256(LEAF, data), steps = [];
      demand(head, "malformed", where);
      const sides = sidesOf(index, head.size - 1, path, "inclusion", where);
      demand(same(await fold(start, path, sides, NODE, steps), head.root), "inclusion", where);
      this.report.paths.push({ name: where, log, index, size: head.size, start: hexOf(start), steps });
      return index;
    }

    async readLeaf(where, value) {
      const log = text(value.get("log"), where), data = base64(value.get("leaf"), where);
      demand(log !== "views", "malformed", where);
      const index = await this.entry(log, value, data, where);
      const single = data.length === 106 && data[0] === 1, row = data.length === 78 && data[0] === 2;
      demand(single || row, "malformed", where);
      const stream = uuid(value.get("stream"), where);
      const [parts, closed] = await this.open(data, stream, object(value.get("parts"), where), where);
      const kind = data[1], commitment = data.slice(2, 34), issuer = data.slice(34, 42);
      return { name: where, log, index, kind, commitment, issuer, data, stream, parts, closed };
    }

    async open(data, stream, parts, where) {
      const opened = new Map(), closed = new Map();
      const digest = [bytesOf("credit/commit/v1\n"), data.slice(1, 2), this.ledger, stream];
      for (const name of [...parts.keys()].sort()) {
        demand(/^[a-z0-9_/]{1,64}$/.test(name), "malformed", where);
        const shown = object(parts.get(name), where), label = bytesOf(name), size = bigEndian(label.length, 2);
        let committed;
        if (shown.has("content")) {
          const content = base64(shown.get("content"), where);
          const prefix = [bytesOf("credit/part/v1\n"), data.slice(1, 2), size, label, bytesOf("\n")];
          committed = await hmac(base64(shown.get("salt"), where, 32), joined(...prefix, content));
          opened.set(name, object(Reader.read(content, where), where));
        } else {
          committed = base64(shown.get("commitment"), where, 32);
          closed.set(name, committed);
        }
        digest.push(size, label, committed);
      }
      demand(parts.size && same(await sha256(...digest), data.slice(2, 34)), "opening", where);
      return [opened, closed];
    }

    /** Keys as the log itself lets them in, in its order; entry 0 registers the gateway's own key. */
    async learnKeys() {
      for (const leaf of this.ordered) {
        if (leaf.log !== "records" || !GOVERNING.includes(leaf.kind) || leaf.data.length !== 106) continue;
        this.governing.add(leaf.name);
        const told = part(leaf, "public");
        if (leaf.kind === DEPARTMENT_REGISTERED) {
          await this.checkGoverns(leaf);
          this.departments.set(text(told.get("code"), leaf.name), told);
          continue;
        }
        const issuer = hexOf(hex(told.get("issuer"), leaf.name, 8));
        if (leaf.index === 0 && leaf.kind === KEY_REGISTERED) {
          demand(issuer === hexOf(leaf.issuer), "key", leaf.name);
          await this.takeKey(leaf, told, issuer);
        }
        await this.checkGoverns(leaf);
        if (leaf.kind === KEY_REVOKED) {
          this.revoked.set(issuer, Math.min(leaf.index, this.revoked.get(issuer) ?? leaf.index));
        } else {
          await this.takeKey(leaf, told, issuer);
        }
      }
      for (const leaf of this.ordered) {
        if (leaf.log !== "access" || leaf.kind !== KEY_ENDED || leaf.data.length !== 106) continue;
        await this.checkGoverns(leaf);
        const issuer = hexOf(hex(part(leaf, "public").get("issuer"), leaf.name, 8));
        this.ended.set(issuer, Math.min(leaf.index, this.ended.get(issuer) ?? leaf.index));
      }
    }

    async checkGoverns(leaf) {
      await this.checkSigner(leaf);
      const signer = this.keys.get(hexOf(leaf.issuer));
      const office = this.departments.get(signer.holder)?.get("role") === "credit_office";
      demand(signer.kind === "gateway" || office, "key", leaf.name);
    }

    async takeKey(leaf, told, issuer) {
      const key = hex(told.get("public_key"), leaf.name, 32);
      const named = hexOf((await sha256(bytesOf("credit/key/v1\n\x01"), key)).slice(0, 8)) === issuer;
      demand(named && told.get("algorithm") === "ed25519" && !weak(key), "key", leaf.name);
      const kind = text(told.get("holder_kind"), leaf.name), holder = text(told.get("holder"), leaf.name);
      if (!this.keys.has(issuer)) this.keys.set(issuer, { since: leaf.index, key, kind, holder });
    }

    async checkSigner(leaf) {
      const issuer = hexOf(leaf.issuer), signer = this.keys.get(issuer);
      demand(signer, "key", leaf.name);
      if (leaf.log === "access") {
        demand(signer.kind === "gateway" && leaf.data.length === 106, "key", leaf.name);
        demand((this.ended.get(issuer) ?? leaf.index) >= leaf.index, "revoked", leaf.name);
      } else {
        demand(signer.since <= leaf.index, "order", leaf.name);
        demand((this.revoked.get(issuer) ?? leaf.index) >= leaf.index, "revoked", leaf.name);
      }
      if (leaf.data.length === 78) {
        this.checkRow(leaf);
      } else {
        const message = joined(bytesOf("credit/leaf/v1\n"), leaf.data.slice(0, 42));
        demand(await holds(signer.key, message, leaf.data.slice(42)), "bad_signature", leaf.name);
      }
    }

    async readSeals() {
      const seals = new Map();
      for (const leaf of this.ordered) {
        if (leaf.log !== "records" || leaf.kind !== FILE_SEALED || leaf.data.length !== 106) continue;
        if (!leaf.parts.has("public")) continue;
        const told = part(leaf, "public");
        const root = hex(told.get("root"), leaf.name, 32), rows = base64(told.get("commitments"), leaf.name);
        const kind = number(told.get("row_kind"), leaf.name), hashes = [];
        for (let at = 0; at < rows.length; at += 32) {
          hashes.push(await sha256(Uint8Array.of(0, kind % 256), rows.subarray(at, at + 32)));
        }
        const fits = rows.length % 32 === 0 && kind <= 255 && same(await rowsRoot(hashes), root);
        demand(fits, "opening", leaf.name);
        const name = hexOf(leaf.issuer) + hexOf(root);
        if (!seals.has(name)) seals.set(name, { index: leaf.index, kind, rows });
      }
      return seals;
    }

    checkRow(leaf) {
      const row = Number(numberOf(leaf.data.slice(74)));
      const seal = this.seals.get(hexOf(leaf.issuer) + hexOf(leaf.data.slice(42, 74)));
      demand(seal && same(seal.rows.slice(32 * row, 32 * row + 32), leaf.commitment), "opening", leaf.name);
      demand(seal.kind === leaf.kind, "opening", leaf.name);
      demand(seal.index <= leaf.index, "order", leaf.name);
    }

    /** The last entry of the views log: what of the other logs it covers, and the root of every map. */
    async readEpoch(told) {
      const entry = base64(told.get("entry"), "epoch"), where = "epoch/entry";
      const index = await this.entry("views", told, entry, "epoch");
      demand(index === this.heads.get("views").size - 1, "not_newest", "epoch");
      const words = filled(new TextDecoder("latin1").decode(entry), EPOCH_FORM, where);
      const [number, records, recordsRoot, recordsAgain, , access, accessRoot, accessAgain] = words;
      demand(recordsAgain === records && accessAgain === access, "malformed", where);
      this.covered = new Map([["records", records], ["access", access]]);
      this.maps = new Map(MAPS.map((name, at) => [name, words[10 + 2 * at]]));
      const proofs = object(told.get("consistency"), "epoch");
      for (const [log, root] of [["records", recordsRoot], ["access", accessRoot]]) {
        if (!this.heads.has(log)) continue;
        const path = hashes(proofs.get(log), "epoch"), size = this.covered.get(log);
        if (size) await checkConsistent(size, root, this.heads.get(log), path, `epoch/${log}`);
      }
      this.report.say("epoch", { number });
      this.report.say("later");
    }

    // --- the claims --------------------------------------------------------------------------------------------

    /** Check every claim, then say what no claim checks. */
    async check(claims) {
      demand(claims.length, "malformed", "claims");
      for (const [at, value] of claims.entries()) {
        const claim = object(value, "claims"), where = `claims/${at}`;
        const check = CLAIMS.get(text(claim.get("type"), where));
        demand(check, "claim", where);
        await check.call(this, claim, where);
      }
      for (const code of ALWAYS_UNCHECKED) this.report.say(code);
      if (![...this.heads.values()].every((head) => head.witnessed)) this.report.say("unwitnessed");
    }

    /** The leaf of a name, of that log and one of those kinds where they are given. */
    named(name, where, log = "", ...kinds) {
      const leaf = this.leaves.get(text(name, where));
      demand(leaf && ["", leaf.log].includes(log), "malformed", where);
      demand(!kinds.length || kinds.includes(leaf.kind), "malformed", where);
      return leaf;
    }

    async value(name, key, proof, where) {
      demand(this.maps.has(name), "malformed", where);
      return mapValue(name, this.maps.get(name), key, proof, where, this.report);
    }

    recorded(claim, where) {
      const leaf = this.named(claim.get("leaf"), where, "records");
      const code = this.keys.get(hexOf(leaf.issuer)).holder;
      const holder = `${said(this.departments.get(code) ?? new Map(), "name")} ${code}`.trim();
      const parts = [...leaf.parts.keys()].sort().join(", ") || "-";
      this.report.say("recorded", { leaf: leaf.name, number: leaf.index + 1, holder, parts });
    }

    async absent(claim, where) {
      const record = uuid(claim.get("record"), where), proofs = object(claim.get("proofs"), where);
      const views = [...proofs.keys()];
      demand(views.length && views.every((view) => OUTWARD.includes(view)), "malformed", where);
      for (const [view, proof] of proofs) {
        const value = await this.value(view, await mapKey(view, record), proof, where);
        demand(value === null, "present", where);
        this.report.say("absent", { record: claim.get("record"), view });
      }
    }

    async shielded(claim, where) {
      const act = this.named(claim.get("act"), where, "records", ...SHIELDING.keys());
      const [begun, ended] = SHIELDING.get(act.kind);
      const recorded = this.named(claim.get("recorded"), where, "records", begun);
      demand(same(recorded.stream, act.stream), "malformed", where);
      const size = this.covered.get("records") ?? 0;
      demand(recorded.index < act.index && act.index < size, "order", where);
      const record = hexOf(act.stream).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      const [proofs, shields] = ["proofs", "shield"].map((name) => object(claim.get(name), where));
      demand(proofs.size === 2 && OUTWARD.every((view) => proofs.has(view)), "malformed", where);
      await this.absent(new Map([["record", record], ["proofs", proofs]]), where);
      for (const view of OUTWARD) {
        const value = await this.value("shield", await mapKey(view, act.stream), shields.get(view), where);
        demand(value !== null && numberOf(value) <= BigInt(act.index), "map", where);
      }
      this.report.say(ended, { record });
    }

    async whoLooked(claim, where) {
      const subject = this.named(claim.get("subject"), where, "records", SUBJECT_REGISTERED);
      demand(this.maps.size && this.heads.has("access"), "malformed", where);
      const accessKey = hex(part(subject, "restricted").get("access_key"), where, 32);
      const looks = list(claim.get("looks"), where).map((name) => this.named(name, where));
      const proofs = list(claim.get("proofs"), where);
      demand(proofs.length === looks.length + 1, "incomplete", where);
      for (const [counter, proof] of proofs.entries()) {
        const value = await this.value("access", await hmac(accessKey, bigEndian(counter, 8)), proof, where);
        if (counter === looks.length) {
          demand(value === null, "incomplete", where);
          break;
        }
        const look = looks[counter];
        const named = value !== null && same(value, bigEndian(look.index, 32));
        demand(named && same(look.stream, subject.stream), "incomplete", where);
        demand(look.log === "access" && look.kind === LOOKED, "malformed", where);
        const told = said(part(look, "public"), "department", "role", "purpose", "view");
        this.report.say("look", { number: counter + 1, told });
      }
      this.report.say("looks", { count: looks.length, size: this.covered.get("access") });
    }

    async answered(claim, where) {
      const look = this.named(claim.get("look"), where, "access", LOOKED), told = part(look, "public");
      const shown = list(told.get("shown"), where), answers = list(told.get("answers"), where);
      demand(shown.length === answers.length, "malformed", where);
      const named = (words) => JSON.stringify(words.map((word) => text(word, where)));
      const logged = new Set(
        shown.map((one, at) => named([...list(one, where).slice(0, 2), answers[at]])),
      );
      const given = new Set();
      for (const value of list(claim.get("parts"), where)) {
        const shownPart = object(value, where);
        const content = base64(shownPart.get("content"), where), salt = hex(shownPart.get("salt"), where, 32);
        const index = bigEndian(number(shownPart.get("leaf"), where), 8);
        const message = joined(bytesOf("credit/view-part/v1\n"), index, await sha256(content));
        const digest = hexOf(await hmac(salt, message));
        given.add(named([shownPart.get("record"), shownPart.get("part"), digest]));
      }
      demand([...given].every((one) => logged.has(one)), "answer", where);
      const words = said(told, "department", "officer", "purpose");
      this.report.say("answered", { count: given.size, all: shown.length, told: words });
      if (given.size < shown.length) this.report.say("not_given");
    }

    erased(claim, where) {
      const act = this.named(claim.get("act"), where, "records", PARTS_ERASED);
      const names = list(claim.get("leaves"), where);
      demand(names.length, "malformed", where);
      const gone = new Map();
      for (const named of list(part(act, "public").get("erased"), where)) {
        const words = list(named, where);
        demand(words.length === 4, "malformed", where);
        const row = `${text(words[0], where)}:${decimal(text(words[1], where), where) - 1}`;
        const told = [text(words[2], where), hex(words[3], where, 32)];
        gone.set(row, [...(gone.get(row) ?? []), told]);
      }
      for (const name of names) {
        const leaf = this.named(name, where), parts = gone.get(`${leaf.log}:${leaf.index}`);
        demand(parts, "malformed", where);
        const kept = ([of, commitment]) => leaf.closed.has(of) && same(leaf.closed.get(of), commitment);
        demand(parts.every(kept), "opening", where);
        demand(leaf.log !== "records" || leaf.index <= act.index, "order", where);
        const shown = [...new Set(parts.map(([of]) => of))].join(", ");
        this.report.say("erased", { leaf: leaf.name, parts: shown });
      }
    }
  }

  const CLAIMS = new Map([
    ["recorded", Verifier.prototype.recorded],
    ["absent", Verifier.prototype.absent],
    ["shielded", Verifier.prototype.shielded],
    ["who_looked", Verifier.prototype.whoLooked],
    ["answered", Verifier.prototype.answered],
    ["erased", Verifier.prototype.erased],
  ]);

  return async (bundle, policy) => {
    const report = new Report();
    try {
      demand(globalThis.crypto?.subtle, "unsupported", "WebCrypto");
      demand(bundle.length <= BUNDLE_BYTES_MAX, "too_large", "bundle");
      const trusted = await Policy.of(policy);
      const told = object(Reader.read(bundle, "bundle"), "bundle"), verifier = new Verifier(told, report);
      await verifier.read(trusted);
      await verifier.check(list(told.get("claims"), "claims"));
    } catch (error) {
      report.refused = error instanceof Refused
        ? { code: error.code, where: error.where }
        : { code: "internal", where: error?.name ?? "" };
    }
    const { checked, unchecked, paths, refused } = report;
    return { good: refused === null, refused, checked, unchecked, paths };
  };
})();
