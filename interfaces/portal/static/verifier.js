// Offline verifier of evidence bundles 离线验证器 for browsers: interfaces/client/verifier.py once more, in the same order
// and under the same names, with the same checks and refusals (docs/verification/evidence-bundle.md), by WebCrypto alone.
// WebCrypto has no ML-DSA-44: such signatures are named as not checked and never count.
// One door: `await xinluVerify(bundle, policy)`, both Uint8Array; it never throws.
"use strict";

const xinluVerify = (() => {
  const FORMAT = "xinlu/evidence@v1";
  const BUNDLE_BYTES_MAX = 64 * 1024 * 1024, POLICY_BYTES_MAX = 256 * 1024, NOTE_BYTES_MAX = 256 * 1024;
  const NOTE_SIGNATURES_MAX = 64, POLICY_NAMES_MAX = 32, NAME_BYTES_MAX = 255, DEPTH_MAX = 64;
  const PLACE_SHOWN_MAX = 300, WORD_SHOWN_MAX = 100;
  const RECORDS = "records", ACCESS = "access", VIEWS = "views", LOGS = [RECORDS, ACCESS, VIEWS];
  const OUTWARD = ["public", "shared"], MAPS = [...OUTWARD, "shield", "access"];
  const CLAIMS = ["recorded", "absent", "shielded", "who_looked", "answered", "erased"];
  const EPOCH_FORM = "credit/view-epoch@v1\nepoch #\nrecords # *\ndigest # *\naccess # *\naccess-digest # *\nrule *\n"
    + "map public * #\nmap shared * #\nmap shield * #\nmap access * #\ndelta *\n";
  const RECORD_DETERMINED = 1, FILE_SEALED = 2, SUBJECT_REGISTERED = 7, PARTS_ERASED = 29, LOOKED = 128;
  const KEY_REGISTERED = 3, KEY_REVOKED = 4, DEPARTMENT_REGISTERED = 5, KEY_ENDED = 33;
  // Kinds of acts about who may sign, by log; an end in access is what a revocation is in records.
  const GOVERNING = new Map([[RECORDS, [KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED]], [ACCESS, [KEY_ENDED]]]);
  // Kinds of acts that take something out of every outward view, for good, with their sentence.
  const SHIELDING = new Map(
    [[10, "publicity_ended"], [14, "withdrawn"], [21, "shielded"], [48, "delisted"], [91, "delisted"]],
  );
  const LISTED = new Map([[48, 46], [91, 90]]); // by the act that takes off a list, the act that put it there
  const ED25519_NOTE = 1, COSIGNATURE = 4, MLDSA44 = 6;
  const PUBLIC_KEY_BYTES = new Map([[ED25519_NOTE, 32], [COSIGNATURE, 32], [MLDSA44, 1312]]);
  // Lines of a policy that hold a key: which word it is, of how many, and the algorithm that it may not have.
  const KEY_LINES = new Map(
    [["log", [0, [1, 2], COSIGNATURE]], ["#retired", [1, [2], COSIGNATURE]], ["witness", [1, [2, 3], ED25519_NOTE]]],
  );
  const FIELD = 2n ** 255n - 19n;
  const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
  const WEAK = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8]; // the y of the points of small order
  // A time stamp token (RFC 3161) in hex, from its first byte: the SHA-256 stamped, the digits of the time.
  const STAMPED = new RegExp(
    ("^30L06092a864886f70d010702a0L30L020103(?:310f300dS[1-3]0500|310d300bS[1-3])30L060b2a864886f70d0109100104a0L04L"
    + "30L02010106(?:..){2,60}?(?:3031300dS10500|302f300bS1)0420(.{64})02(?:..){2,40}?18[01].((?:3[0-9]){14})")
      .replaceAll("L", "(?:[0-7].|81[89a-f].|82(?!00)....)").replaceAll("S", "060960864801650304020"),
  );
  const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1), MAP_LEAF = Uint8Array.of(2), MAP_NODE = Uint8Array.of(3);
  const ZERO = new Uint8Array(32); // a missing child of a map's node
  const SENTENCES = /*sentences*/{}; // CHECKED and UNCHECKED of verifier.py, put in when the page is written
  const ALWAYS_UNCHECKED = ["truth", "competence", "left_out"];

  /** Why a bundle proves nothing: the code of a reason and where in the bundle. */
  class Refused extends Error {
    constructor(code, where) {
      super(code);
      this.code = code;
      this.where = plain(where, PLACE_SHOWN_MAX);
    }
  }

  /** The one way to refuse. */
  function demand(condition, code, where) {
    if (!condition) throw new Refused(code, where);
  }

  const cut = (text, most) => [...text.slice(0, 2 * most)].slice(0, most).join("");
  const plain = (text, most) => cut(text, most).replace(/\p{C}|(?! )\p{Z}/gu, "?");

  /** What was checked, what was not, why it was refused if it was; and the paths, to be drawn. */
  class Report {
    constructor() {
      Object.assign(this, { checked: [], unchecked: [], paths: [], refused: null });
    }

    /** Add a sentence on what was checked, or once one on what was not. */
    say(code, words = {}) {
      const kind = Object.hasOwn(SENTENCES.checked, code) ? "checked" : "unchecked";
      const fill = (one) => one.replace(/\{(\w+)\}/g, (_, name) => plain(String(words[name]), PLACE_SHOWN_MAX));
      const line = SENTENCES[kind][code].map(fill).join(" / ");
      if (kind === "checked" || !this[kind].includes(line)) this[kind].push(line);
    }
  }

  // --- bytes, which Python has by itself ---------------------------------------------------------------------------

  const encoder = new TextEncoder();
  const bytesOf = (text) => encoder.encode(text);
  const hexOf = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
  const bigEndian = (value, size) => fromHex(BigInt(value).toString(16).padStart(2 * size, "0"));
  const numberOf = (data) => BigInt("0x0" + hexOf(data));
  const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

  function joined(...pieces) {
    const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  const sha256 = async (...data) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...data)));

  async function hmac(key, ...message) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, joined(...message)));
  }

  // --- strict reading: one spelling for each value, or a refusal ---------------------------------------------------

  /** A value that a bundle tells and its place: read in the one spelling that it may have, or malformed there. */
  class Told {
    constructor(value, where) {
      Object.assign(this, { value, where });
    }

    members() {
      demand(this.value instanceof Map, "malformed", this.where);
      return this.value;
    }

    /** A member of an object; it has the object's place unless it is given its own. */
    get(name, where = this.where) {
      return new Told(this.members().get(name), where);
    }

    items() {
      demand(Array.isArray(this.value), "malformed", this.where);
      return this.value.map((one) => new Told(one, this.where));
    }

    text(form = /^/) {
      demand(typeof this.value === "string" && form.test(this.value), "malformed", this.where);
      return this.value;
    }

    number() {
      demand(Number.isSafeInteger(this.value) && this.value >= 0, "malformed", this.where);
      return this.value + 0;
    }

    /** A number as its canonical decimal only: no sign, no space, no leading zero, ASCII digits. */
    decimal() {
      return new Told(Number(this.text(/^(?:0|[1-9][0-9]{0,15})$/)), this.where).number();
    }

    hex(size) {
      demand(this.text(/^[0-9a-f]*$/).length === 2 * size, "malformed", this.where);
      return fromHex(this.value);
    }

    uuid() {
      return fromHex(this.text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/).replaceAll("-", ""));
    }

    base64(size) {
      const text = this.text();
      let decoded = null;
      try {
        decoded = atob(text);
      } catch {
        decoded = null;
      }
      demand(decoded !== null && btoa(decoded) === text, "malformed", this.where);
      demand(size === undefined || decoded.length === size, "malformed", this.where);
      return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
    }

    hashes() {
      return this.items().map((one) => one.base64(32));
    }

    /** The values of a text that is a form filled in, word by word: # a number, * a hash. */
    filled(form) {
      const words = this.text().split(/([ \n])/), places = form.split(/([ \n])/), values = [];
      demand(words.length === places.length, "malformed", this.where);
      for (const [at, place] of places.entries()) {
        const told = new Told(words[at], this.where);
        demand(place === "#" || place === "*" || told.value === place, "malformed", this.where);
        if (place === "#") values.push(told.decimal());
        if (place === "*") values.push(told.base64(32));
      }
      return values;
    }
  }

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

  function json(data, where) {
    const told = new Told(Reader.read(data, where), where);
    told.members();
    return told;
  }

  // --- trees and maps (RFC 6962 2.1, RFC 9162 2.1.3.2 and 2.1.4.2; STORAGE 1) --------------------------------------

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

  /** A key's way from a map's root: true where it goes right, so that the sibling stands left. */
  const wayOf = (key) => Array.from({ length: 256 }, (_, at) => ((key[at >> 3] >> (7 - (at & 7))) & 1) === 1);

  /** The value of a key in the map of a root, or null when it is proven absent. */
  async function mapValue(name, root, key, proof, report) {
    const kind = proof.get("kind").value, where = proof.where;
    const siblings = proof.get("siblings").items().map((one) => one.hex(32)), way = wayOf(key);
    const depth = siblings.length;
    let leaf = [];
    if (kind === "inclusion") {
      leaf = [key, proof.get("value").hex(32)];
    } else if (kind === "nonInclusionLeaf") {
      leaf = proof.get("leaf").items().map((one) => one.hex(32));
      demand(leaf.length === 2, "malformed", where);
      // A leaf from elsewhere in the map says nothing about this key.
      const other = wayOf(leaf[0]), beside = way.every((right, at) => at >= depth || right === other[at]);
      demand(!same(leaf[0], key) && beside, "map", where);
    } else {
      demand(kind === "nonInclusionParent", "malformed", where);
    }
    demand(depth <= way.length && (depth || !leaf.length), "map", where);
    // A leaf beside a missing child would have moved up: no other map has one shape.
    demand(!depth || !same(siblings.at(-1), ZERO) || (depth === 1 && leaf.length), "map", where);
    const node = leaf.length ? await sha256(MAP_LEAF, ...leaf) : ZERO, steps = [];
    const above = await fold(node, siblings.reverse(), way.slice(0, depth).reverse(), MAP_NODE, steps);
    demand(same(above, root), "map", where);
    report.paths.push({ name: where, map: name, ending: kind, start: hexOf(node), steps });
    return kind === "inclusion" ? leaf[1] : null;
  }

  // --- whom to trust: keys and the policy (C2SP signed-note, tlog-policy) ------------------------------------------

  /** A verifier key of a vkey text: name, algorithm byte, key id and public key. */
  class Key {
    static async of(source) {
      const key = new Key(), [name, keyId = "", ...rest] = source.split("+");
      const blob = new Told(rest.join("+"), "vkey").base64();
      Object.assign(key, { name, algorithm: blob[0] ?? 0, public: blob.slice(1) });
      key.id = (await sha256(bytesOf(`${name}\n`), blob)).slice(0, 4);
      const whole = PUBLIC_KEY_BYTES.get(key.algorithm) === key.public.length && keyId === hexOf(key.id);
      demand(whole && lawful(name), "policy", "vkey");
      demand(key.algorithm === MLDSA44 || !weak(key.public), "policy", "vkey");
      return key;
    }

    /** Message, signature and time (0n: none) of this key's line under a note; `blob` comes after the key id. */
    signed(blob, text) {
      if (this.algorithm === ED25519_NOTE) return [bytesOf(text), blob, 0n];
      const seconds = numberOf(blob.slice(0, 8));
      return [bytesOf(`cosignature/v1\ntime ${seconds}\n${text}`), blob.slice(8), seconds];
    }
  }

  /** A key's name (signed-note): no `+`, no control character, no space of any script, at most 255 bytes. */
  function lawful(name) {
    const spaces = /[+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
    return name !== "" && !spaces.test(name) && bytesOf(name).length <= NAME_BYTES_MAX;
  }

  const label = (name) => joined(bigEndian(bytesOf(name).length, 1), bytesOf(name));

  /** Whether an Ed25519 point is of small order, or spelled in a second way. */
  function weak(point) {
    const y = numberOf(Uint8Array.from(point).reverse()) & (2n ** 255n - 1n);
    return y >= FIELD || WEAK.includes(y);
  }

  /** Whether a signature holds; null for ML-DSA-44, which no browser has. */
  async function holds(algorithm, key, message, signature) {
    if (algorithm === MLDSA44) return null;
    let imported;
    try {
      imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    } catch (error) {
      if (error.name === "NotSupportedError") throw new Refused("unsupported", "Ed25519");
      return false;
    }
    return await crypto.subtle.verify("Ed25519", imported, signature, message) && !weak(signature.slice(0, 32));
  }

  /** Whom the reader trusts: the logs' keys, the witnesses, and which of them must have signed (信任策略). */
  class Policy {
    constructor() {
      this.logs = new Map(); // a log's key, and the size of the last tree that it vouches for
      Object.assign(this, { witnesses: new Map(), groups: new Map(), quorum: "", lines: [] });
    }

    static async of(data) {
      demand(data.length <= POLICY_BYTES_MAX, "too_large", "policy");
      const policy = new Policy();
      try {
        const source = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
        demand(/^[^\x00-\x08\x0b-\x1f\x7f]*\n$/.test(source), "policy", "policy");
        for (const line of source.split("\n")) {
          const words = line.match(/[^ \t]+/g);
          if (words && (words[0] === "#retired" || !words[0].startsWith("#"))) await policy.take(...words);
        }
        demand(policy.lines.includes("log") && policy.quorum, "policy", "policy");
      } catch (error) {
        if (error instanceof Refused || error instanceof TypeError) throw new Refused("policy", "policy");
        throw error;
      }
      return policy;
    }

    /** One line. A key may stand in a policy once, a name once, a member in one group. */
    async take(kind, ...rest) {
      const names = ["none", ...this.witnesses.keys(), ...this.groups.keys()];
      let good = false;
      this.lines.push(kind);
      if (KEY_LINES.has(kind)) {
        const [at, lengths, foreign] = KEY_LINES.get(kind);
        demand(lengths.includes(rest.length), "policy", kind);
        const key = await Key.of(rest[at]), known = [...this.logs.keys(), ...this.witnesses.values()];
        good = key.algorithm !== foreign && !known.some((other) => same(other.public, key.public));
        if (kind === "witness") {
          good = good && !names.includes(rest[0]);
          this.witnesses.set(rest[0], key);
        } else {
          this.logs.set(key, kind === "log" ? Number.MAX_SAFE_INTEGER : new Told(rest[0], kind).decimal());
        }
      } else if (kind === "group" && rest.length >= 3) {
        const [name, threshold, ...inside] = rest;
        const taken = ["none", ...[...this.groups.values()].flatMap((group) => group.inside)];
        const free = inside.every((member) => names.includes(member) && !taken.includes(member));
        good = !names.includes(name) && new Set(inside).size === inside.length && free;
        const counts = new Map([["any", 1], ["all", inside.length]]);
        const need = counts.get(threshold) ?? new Told(threshold, kind).decimal();
        good = good && need >= 1 && need <= inside.length;
        this.groups.set(name, { need, inside });
      } else if (kind === "quorum" && rest.length === 1) {
        good = names.includes(rest[0]) && !this.quorum;
        this.quorum = rest[0];
      }
      const count = this.lines.filter((line) => line === kind).length;
      demand(good && (kind === "#retired" || count <= POLICY_NAMES_MAX), "policy", kind);
    }

    /** Whether the witnesses that signed make up the group, witness or `none`. */
    satisfied(name, signed) {
      if (name === "none" || signed.has(name)) return true;
      const { need, inside } = this.groups.get(name) ?? { need: 1, inside: [] };
      return inside.filter((member) => this.satisfied(member, signed)).length >= need;
    }
  }

  // --- checkpoints (C2SP tlog-checkpoint, tlog-cosignature) --------------------------------------------------------

  /** A signed tree head: how many keys of its log signed it, which witnesses and when, which keys were not tried. */
  class Head {
    static async of(note, origin, policy) {
      const head = Object.assign(new Head(), { logs: 0, witnesses: new Map(), untried: [] });
      const where = `checkpoints/${origin}`;
      demand(bytesOf(note).length <= NOTE_BYTES_MAX, "too_large", where);
      const gap = note.lastIndexOf("\n\n"), text = note.slice(0, gap), lines = note.slice(gap + 2).split("\n");
      demand(gap >= 0 && lines.pop() === "" && !/[\x00-\x09\x0b-\x1f]/.test(note), "malformed", where);
      demand(lines.length > 0 && lines.length <= NOTE_SIGNATURES_MAX && lawful(origin), "malformed", where);
      [head.size, head.root] = new Told(text, where).filled(`${origin}\n#\n*`); // no extension lines (FORMATS 1.3)
      const believes = ([key, last]) => key.name === origin && head.size <= last;
      const known = [...policy.logs].filter(believes).map(([key]) => ["", key]).concat([...policy.witnesses]);
      for (const line of lines) {
        const words = line.split(" ");
        demand(words.length === 3 && words[0] === "—" && lawful(words[1]), "malformed", where);
        const blob = new Told(words[2], where).base64();
        demand(blob.length >= 5, "malformed", where);
        for (const [witness, key] of known) {
          if (key.name !== words[1] || !same(key.id, blob.slice(0, 4))) continue;
          const [message, signature, seconds] = key.signed(blob.slice(4), `${text}\n`);
          const good = await holds(key.algorithm, key.public, message, signature);
          demand(good !== false, "bad_signature", where);
          if (good === null) head.untried.push(key.name);
          else if (!witness) head.logs += 1;
          else if (seconds) head.witnesses.set(witness, seconds); // without a time it vouches for no largest tree
        }
      }
      return head;
    }
  }

  // --- entries and keys (STORAGE 1, 2; FORMATS 5.4) ----------------------------------------------------------------

  /** A leaf that its log includes: `parts` are those that the bundle opens, `closed` the others' commitments. */
  class Leaf {
    static async of(told, log, data, index, ledger) {
      const single = data[0] === 1, leaf = Object.assign(new Leaf(), { name: told.where, log, data, index, single });
      demand(single ? data.length === 106 : data.length === 78 && data[0] === 2, "malformed", leaf.name);
      const kind = data.slice(1, 2), stream = told.get("stream"), parts = told.get("parts").members();
      Object.assign(leaf, { kind: data[1], issuer: hexOf(data.slice(34, 42)), stream });
      Object.assign(leaf, { parts: new Map(), closed: new Map() });
      const digest = [bytesOf("credit/commit/v1\n"), kind, ledger, stream.uuid()];
      for (const name of [...parts.keys()].sort()) {
        demand(/^[a-z0-9_/]{1,64}$/.test(name), "malformed", leaf.name);
        const part = new Told(parts.get(name), leaf.name), named = joined(Uint8Array.of(0), label(name));
        if (part.members().has("content")) {
          const content = part.get("content").base64(), salt = part.get("salt").base64(32);
          const message = [bytesOf("credit/part/v1\n"), kind, named, bytesOf("\n"), content];
          digest.push(named, await hmac(salt, ...message));
          leaf.parts.set(name, json(content, leaf.name));
        } else {
          leaf.closed.set(name, part.get("commitment").base64(32));
          digest.push(named, leaf.closed.get(name));
        }
      }
      demand(parts.size && same(await sha256(...digest), data.slice(2, 34)), "opening", leaf.name);
      return leaf;
    }

    /** An opened part, which refuses when the bundle does not open it. */
    part(name, where = this.name) {
      demand(this.parts.has(name), "malformed", `${this.name}/${name}`);
      return new Told(this.parts.get(name).value, where);
    }
  }

  /** One bundle, read and checked from its checkpoints up; a claim then speaks of what was found here. */
  class Verifier {
    static async of(bundle, policy, report) {
      const verifier = Object.assign(new Verifier(), { policy, report });
      demand(bundle.get("format").value === FORMAT, "malformed", "format");
      verifier.ledger = bundle.get("ledger", "ledger").hex(16);
      verifier.authority = bundle.get("authority", "authority").text();
      const notes = bundle.get("checkpoints", "checkpoints"), leaves = bundle.get("leaves", "leaves");
      verifier.heads = new Map();
      for (const log of notes.members().keys()) {
        if (LOGS.includes(log)) verifier.heads.set(log, await verifier.believed(log, notes));
      }
      verifier.leaves = new Map();
      for (const name of leaves.members().keys()) {
        verifier.leaves.set(name, await verifier.leaf(leaves.get(name, `leaves/${name}`)));
      }
      verifier.keys = new Map(); // by issuer: the index of its registration, the key, its holder's kind, its holder
      verifier.ended = new Map();
      verifier.departments = new Map();
      verifier.seals = new Map(); // by issuer and root of a file: the first seal's index, its rows' kind and commitments
      await verifier.learnKeys();
      await verifier.readSeals();
      for (const leaf of verifier.leaves.values()) {
        const governs = leaf.single && GOVERNING.get(leaf.log).includes(leaf.kind);
        if (!governs) await verifier.checkSigner(leaf); // those were checked while learning from them
      }
      for (const code of verifier.leaves.size ? ["entries", "signers"] : []) report.say(code);
      const members = bundle.members(), stamps = members.has("timestamps") ? members.get("timestamps") : new Map();
      for (const log of verifier.heads.keys()) await verifier.readStamp(log, new Told(stamps, "timestamps"));
      verifier.covered = new Map();
      verifier.maps = new Map();
      if (bundle.members().has("epoch")) await verifier.readEpoch(bundle.get("epoch", "epoch"));
      return verifier;
    }

    /** The head of a checkpoint that the policy believes. */
    async believed(log, notes) {
      const note = notes.get(log, `checkpoints/${log}`).text(), origin = `${this.authority}/${log}`;
      const head = await Head.of(note, origin, this.policy);
      for (const name of head.untried) this.report.say("ml_dsa", { name });
      demand(head.logs, "untrusted", `checkpoints/${origin}`);
      demand(this.policy.satisfied(this.policy.quorum, head.witnesses), "quorum", `checkpoints/${origin}`);
      const by = [...head.witnesses.keys()].sort().map((name) => `${name} (${when(head.witnesses.get(name))})`);
      this.report.say("checkpoint", { origin, size: head.size, by: by.join(", ") || "-" });
      return head;
    }

    /** Since when a tree that this log's begins with was there, as a token states; whose it is, is not checked. */
    async readStamp(log, stamps) {
      if (!stamps.members().has(log)) {
        this.report.say("unstamped");
        return;
      }
      const told = stamps.get(log, `timestamps/${log}`), origin = `${this.authority}/${log}`;
      const note = told.get("checkpoint").text(), found = STAMPED.exec(hexOf(told.get("token").base64()));
      const head = await Head.of(note, origin, this.policy), digest = hexOf(await sha256(bytesOf(note)));
      demand(head.size && found, "malformed", told.where);
      await checkConsistent(head.size, head.root, this.heads.get(log), told.get("consistency").hashes(), told.where);
      demand(found[1] === digest, "stamp", told.where);
      const digits = found[2].replace(/3(.)/g, "$1");
      const time = digits.replace(/(....)(..)(..)(..)(..)(..)/, "$1-$2-$3T$4:$5:$6Z");
      this.report.say("stamped", { origin, size: head.size });
      this.report.say("authority", { log, digest, time });
    }

    /** The index at which a log holds the bytes of an entry; the path is kept to be drawn. */
    async entry(log, told, data) {
      const index = told.get("index").number(), path = told.get("path").hashes(), steps = [];
      demand(this.heads.has(log), "malformed", told.where);
      const { size, root } = this.heads.get(log), start = await sha256(LEAF, data);
      const sides = sidesOf(index, size - 1, path, "inclusion", told.where);
      demand(same(await fold(start, path, sides, NODE, steps), root), "inclusion", told.where);
      this.report.paths.push({ name: told.where, log, index, size, start: hexOf(start), steps });
      return index;
    }

    async leaf(told) {
      const log = told.get("log").text(), data = told.get("leaf").base64();
      demand(log !== VIEWS, "malformed", told.where);
      return Leaf.of(told, log, data, await this.entry(log, told, data), this.ledger);
    }

    /** The single acts of these kinds among the entries given, in the log's order. */
    acts(log, ...kinds) {
      const acts = [...this.leaves.values()].filter((leaf) => leaf.log === log && leaf.single);
      return acts.filter((act) => kinds.includes(act.kind)).sort((a, b) => a.index - b.index);
    }

    /** Keys as the log itself lets them in: entry 0 registers the gateway's own key; the gateway, and the departments
     * that it registered as credit offices, register departments and keys, and end keys. */
    async learnKeys() {
      for (const act of [...GOVERNING].flatMap(([log, kinds]) => this.acts(log, ...kinds))) {
        const told = act.part("public");
        const issuer = act.kind === DEPARTMENT_REGISTERED ? "" : hexOf(told.get("issuer").hex(8));
        if (act.kind === KEY_REGISTERED && act.index === 0) {
          demand(issuer === act.issuer, "key", act.name);
          await this.takeKey(act, told, issuer);
        }
        await this.checkSigner(act);
        const { kind, holder } = this.keys.get(act.issuer);
        const role = this.departments.get(holder)?.get("role").value;
        demand(kind === "gateway" || role === "credit_office", "key", act.name);
        if (act.kind === DEPARTMENT_REGISTERED) {
          this.departments.set(told.get("code").text(), told);
        } else if (act.kind === KEY_REGISTERED) {
          await this.takeKey(act, told, issuer);
        } else {
          setDefault(this.ended, `${act.log} ${issuer}`, act.index);
        }
      }
    }

    async takeKey(act, told, issuer) {
      const key = told.get("public_key").hex(32);
      const named = hexOf((await sha256(bytesOf("credit/key/v1\n\x01"), key)).slice(0, 8)) === issuer;
      demand(named && told.get("algorithm").value === "ed25519" && !weak(key), "key", act.name);
      const kind = told.get("holder_kind").text(), holder = told.get("holder").text();
      setDefault(this.keys, issuer, { since: act.index, key, kind, holder });
    }

    /** The leaf's signature, or for a row its place under the root of the file that its department sealed. */
    async checkSigner(leaf) {
      demand(this.keys.has(leaf.issuer), "key", leaf.name);
      const signer = this.keys.get(leaf.issuer);
      if (leaf.log === ACCESS) { // what was asked is logged by nobody else
        demand(signer.kind === "gateway" && leaf.single, "key", leaf.name);
      } else {
        demand(signer.since <= leaf.index, "order", leaf.name);
      }
      demand((this.ended.get(`${leaf.log} ${leaf.issuer}`) ?? leaf.index) >= leaf.index, "revoked", leaf.name);
      if (leaf.single) {
        const message = joined(bytesOf("credit/leaf/v1\n"), leaf.data.slice(0, 42));
        const good = await holds(ED25519_NOTE, signer.key, message, leaf.data.slice(42));
        demand(good, "bad_signature", leaf.name);
        return;
      }
      const row = 32 * Number(numberOf(leaf.data.slice(74)));
      const seal = this.seals.get(leaf.issuer + hexOf(leaf.data.slice(42, 74)));
      demand(seal && same(seal.rows.slice(row, row + 32), leaf.data.slice(2, 34)), "opening", leaf.name);
      demand(seal.kind === leaf.kind, "opening", leaf.name);
      demand(seal.index <= leaf.index, "order", leaf.name);
    }

    async readSeals() {
      for (const seal of this.acts(RECORDS, FILE_SEALED).filter((act) => act.parts.has("public"))) {
        const told = seal.part("public"), root = told.get("root").hex(32), rows = told.get("commitments").base64();
        const kind = told.get("row_kind").number(), hashes = [];
        demand(rows.length % 32 === 0 && kind <= 255, "opening", seal.name);
        for (let at = 0; at < rows.length; at += 32) {
          hashes.push(await sha256(Uint8Array.of(0, kind), rows.subarray(at, at + 32)));
        }
        demand(same(await rowsRoot(hashes), root), "opening", seal.name);
        setDefault(this.seals, seal.issuer + hexOf(root), { index: seal.index, kind, rows });
      }
    }

    /** The last entry of the views log: what of the other logs it covers, and the root of every map. */
    async readEpoch(told) {
      const entry = told.get("entry").base64(), where = "epoch/entry";
      const index = await this.entry(VIEWS, told, entry);
      demand(index === this.heads.get(VIEWS).size - 1, "not_newest", "epoch");
      const words = new Told(new TextDecoder("latin1").decode(entry), where).filled(EPOCH_FORM);
      const [number, records, recordsRoot, recordsAgain, , access, accessRoot, accessAgain] = words;
      demand(recordsAgain === records && accessAgain === access, "malformed", where);
      this.covered = new Map([[RECORDS, records], [ACCESS, access]]);
      this.maps = new Map(MAPS.map((name, at) => [name, words[10 + 2 * at]]));
      const proofs = new Told(told.get("consistency").members(), "epoch");
      for (const [log, root] of [[RECORDS, recordsRoot], [ACCESS, accessRoot]]) {
        if (!this.heads.has(log)) continue;
        const path = proofs.get(log).hashes(), size = this.covered.get(log);
        if (size) await checkConsistent(size, root, this.heads.get(log), path, `epoch/${log}`);
      }
      this.report.say("epoch", { number });
      this.report.say("later");
    }

    // --- the claims ------------------------------------------------------------------------------------------------

    /** Check every claim, then say what no claim checks. */
    async check(claims) {
      demand(claims.length, "malformed", "claims");
      for (const [number, told] of claims.entries()) {
        const claim = new Told(told.members(), `claims/${number}`), kind = claim.get("type").text();
        demand(CLAIMS.includes(kind), "claim", claim.where);
        await this[kind](claim);
      }
      for (const code of ALWAYS_UNCHECKED) this.report.say(code);
      if (![...this.heads.values()].every((head) => head.witnesses.size)) this.report.say("unwitnessed");
    }

    /** The leaf of a name, of that log and one of those kinds where they are given. */
    named(name, log = "", ...kinds) {
      const leaf = this.leaves.get(name.text());
      demand(leaf && ["", leaf.log].includes(log), "malformed", name.where);
      demand(!kinds.length || kinds.includes(leaf.kind), "malformed", name.where);
      return leaf;
    }

    async value(name, key, proof) {
      demand(this.maps.has(name), "malformed", proof.where);
      return mapValue(name, this.maps.get(name), key, proof, this.report);
    }

    /** 已入账: the holder of a key signed this record, and it stands in the log. */
    async recorded(claim) {
      const leaf = this.named(claim.get("leaf"), RECORDS), code = this.keys.get(leaf.issuer).holder;
      const holder = `${said(this.departments.get(code) ?? new Told(new Map(), ""), "name")} ${code}`.trim();
      const parts = [...leaf.parts.keys()].sort().join(", ") || "-";
      this.report.say("recorded", { leaf: leaf.name, number: leaf.index + 1, holder, parts });
    }

    /** 不在视图: the newest epoch's maps of these views do not hold the record. */
    async absent(claim) {
      const record = claim.get("record"), proofs = claim.get("proofs"), uuid = record.uuid();
      const views = [...proofs.members().keys()];
      demand(views.length && views.every((view) => OUTWARD.includes(view)), "malformed", claim.where);
      for (const view of views) {
        demand(await this.value(view, await mapKey(view, uuid), proofs.get(view)) === null, "present", claim.where);
        this.report.say("absent", { record: record.value, view });
      }
    }

    /** 已屏蔽: an act ended the record or listing, and it is in neither view and in the map that only grows. */
    async shielded(claim) {
      const act = this.named(claim.get("act"), RECORDS, ...SHIELDING.keys());
      const recorded = this.named(claim.get("recorded"), RECORDS, LISTED.get(act.kind) ?? RECORD_DETERMINED);
      demand(recorded.stream.value === act.stream.value, "malformed", claim.where);
      const size = this.covered.get(RECORDS) ?? 0;
      demand(recorded.index < act.index && act.index < size, "order", claim.where);
      const proofs = claim.get("proofs").members(), shields = claim.get("shield");
      shields.members();
      demand(proofs.size === 2 && OUTWARD.every((view) => proofs.has(view)), "malformed", claim.where);
      await this.absent(new Told(new Map([["record", act.stream.value], ["proofs", proofs]]), claim.where));
      for (const view of OUTWARD) {
        const value = await this.value("shield", await mapKey(view, act.stream.uuid()), shields.get(view));
        demand(value !== null && numberOf(value) <= BigInt(act.index), "map", claim.where);
      }
      this.report.say(SHIELDING.get(act.kind), { record: act.stream.value });
    }

    /** 谁看过: the subject's looks one after the other, and proof that there is no next one. */
    async who_looked(claim) {
      const subject = this.named(claim.get("subject"), RECORDS, SUBJECT_REGISTERED);
      demand(this.maps.size && this.heads.has(ACCESS), "malformed", claim.where);
      const accessKey = subject.part("restricted", claim.where).get("access_key").hex(32);
      const looks = claim.get("looks").items().map((name) => this.named(name)), proofs = claim.get("proofs").items();
      demand(proofs.length === looks.length + 1, "incomplete", claim.where);
      const value = async (number) => this.value("access", await hmac(accessKey, bigEndian(number, 8)), proofs[number]);
      for (const [number, look] of looks.entries()) {
        const found = await value(number), named = found !== null && same(found, bigEndian(look.index, 32));
        demand(named && look.stream.value === subject.stream.value, "incomplete", claim.where);
        demand(look.log === ACCESS && look.kind === LOOKED, "malformed", claim.where);
        const told = said(look.part("public"), "department", "role", "purpose", "view");
        this.report.say("look", { number: number + 1, told });
      }
      demand(await value(looks.length) === null, "incomplete", claim.where);
      this.report.say("looks", { count: looks.length, size: this.covered.get(ACCESS) });
    }

    /** 答复已登记: every part given is one that the look logged before it was sent, to the byte. */
    async answered(claim) {
      const look = this.named(claim.get("look"), ACCESS, LOOKED).part("public", claim.where);
      const shown = look.get("shown").items(), answers = look.get("answers").items();
      demand(shown.length === answers.length, "malformed", claim.where);
      const row = (words) => JSON.stringify(words.map((word) => word.text()));
      const logged = new Set(shown.map((one, at) => row([...one.items().slice(0, 2), answers[at]])));
      const given = new Set();
      for (const part of claim.get("parts").items()) {
        const content = part.get("content").base64(), salt = part.get("salt").hex(32);
        const index = bigEndian(part.get("leaf").number(), 8);
        const digest = await hmac(salt, bytesOf("credit/view-part/v1\n"), index, await sha256(content));
        given.add(row([part.get("record"), part.get("part"), new Told(hexOf(digest), claim.where)]));
      }
      demand([...given].every((one) => logged.has(one)), "answer", claim.where);
      const told = said(look, "department", "officer", "purpose", "number", "media"); // the last two of a report
      this.report.say("answered", { count: given.size, all: shown.length, told });
      if (given.size < shown.length) this.report.say("not_given");
    }

    /** 已删除: a recorded act erased parts of these leaves; their commitments, and all else, still verify. */
    async erased(claim) {
      const act = this.named(claim.get("act"), RECORDS, PARTS_ERASED), names = claim.get("leaves").items();
      demand(names.length, "malformed", claim.where);
      const gone = new Map();
      for (const row of act.part("public", claim.where).get("erased").items()) {
        const words = row.items();
        demand(words.length === 4, "malformed", claim.where);
        const place = `${words[0].text()} ${words[1].decimal() - 1}`;
        setDefault(gone, place, []).push([words[2].text(), words[3].hex(32)]);
      }
      for (const name of names) {
        const leaf = this.named(name), parts = gone.get(`${leaf.log} ${leaf.index}`);
        demand(parts, "malformed", claim.where);
        const kept = ([part, commitment]) => leaf.closed.has(part) && same(leaf.closed.get(part), commitment);
        demand(parts.every(kept), "opening", claim.where);
        demand(leaf.log !== RECORDS || leaf.index <= act.index, "order", claim.where);
        const told = [...new Set(parts.map(([part]) => part))].join(", ");
        this.report.say("erased", { leaf: leaf.name, parts: told });
      }
    }
  }

  /** What a map holds under a key, after this value was put there if nothing was. */
  function setDefault(map, key, value) {
    if (!map.has(key)) map.set(key, value);
    return map.get(key);
  }

  function when(seconds) {
    if (seconds >= 2n ** 33n) return `${seconds} s`;
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}+00:00`;
  }

  function said(told, ...names) {
    const words = names.map((name) => told.get(name).value).filter((value) => typeof value === "string");
    return words.map((word) => cut(word, WORD_SHOWN_MAX)).join(" ");
  }

  // --- the door ----------------------------------------------------------------------------------------------------

  return async (bundle, policy) => {
    const report = new Report();
    try {
      demand(globalThis.crypto?.subtle, "unsupported", "WebCrypto");
      demand(bundle.length <= BUNDLE_BYTES_MAX, "too_large", "bundle");
      const trusted = await Policy.of(policy), told = json(bundle, "bundle");
      const verifier = await Verifier.of(told, trusted, report);
      await verifier.check(told.get("claims", "claims").items());
    } catch (error) {
      report.refused = error instanceof Refused
        ? { code: error.code, where: error.where }
        : { code: "internal", where: error?.name ?? "" };
    }
    const { checked, unchecked, paths, refused } = report;
    return { good: refused === null, refused, checked, unchecked, paths };
  };
})();
