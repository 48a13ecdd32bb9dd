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
  const WORDS_SHOWN_MAX = 300;
  const LOGS = ["records", "access", "views"];
  const RECORD_DETERMINED = 1, FILE_SEALED = 2, SUBJECT_REGISTERED = 7, PARTS_ERASED = 29, LOOKED = 128;
  const KEY_REGISTERED = 3, KEY_REVOKED = 4, DEPARTMENT_REGISTERED = 5;
  const GOVERNING = [KEY_REGISTERED, KEY_REVOKED, DEPARTMENT_REGISTERED];
  const SHIELDING = new Map([
    [10, "公示结束 publicity ended"], [14, "撤回 withdrawn"], [21, "屏蔽 shielded"],
  ]);
  const ED25519_NOTE = 1, ED25519_COSIGNATURE = 4, MLDSA44 = 6;
  const PUBLIC_KEY_BYTES = new Map([[ED25519_NOTE, 32], [ED25519_COSIGNATURE, 32], [MLDSA44, 1312]]);
  const FIELD = 2n ** 255n - 19n;
  const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
  const WEAK = [0n, 1n, FIELD - 1n, ORDER_8, FIELD - ORDER_8];
  const UNCHECKED = [
    "认定是否合法、内容是否属实 / whether an act was lawful and what it says is true",
    "签名部门是否有权、密钥当日是否在有效期内 / whether the signer was competent, its key within its days",
    "未附上的条目：吊销、再次登记、其后的更正 / entries not in this bundle: revocations, second registrations,"
      + " later corrections",
  ];
  const UNWITNESSED = "没有见证：运营者是否对他人出示另一份账 / unwitnessed: whether others are shown another history";

  class Refused extends Error {
    constructor(code, where) {
      super(code);
      this.code = code;
      this.where = plain(where);
    }
  }

  function demand(condition, code, where) {
    if (!condition) throw new Refused(code, where);
  }

  // --- bytes ---------------------------------------------------------------------------------------------------

  const encoder = new TextEncoder();
  const bytesOf = (text) => encoder.encode(text);
  const cut = (text, most) => [...text.slice(0, 2 * most)].slice(0, most).join("");
  const plain = (text) => cut(text, WORDS_SHOWN_MAX).replace(/\p{C}|(?! )\p{Z}/gu, "?");
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

  const path = (value, where) => list(value, where).map((item) => base64(item, where, 32));

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
  const ZERO = new Uint8Array(32);
  const sha256 = async (...data) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...data)));
  const node = (left, right) => sha256(NODE, left, right);

  async function hmac(key, message) {
    const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", imported, message));
  }

  /** The root that a path leads to, or null; `steps` gets each sibling with its side and the node above. */
  async function rootFromPath(leaf, index, size, siblings, steps = []) {
    if (index >= size) return null;
    let fn = index, sn = size - 1, root = leaf;
    const half = () => { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); };
    for (const sibling of siblings) {
      if (sn === 0) return null;
      const left = fn % 2 === 1 || fn === sn;
      root = await (left ? node(sibling, root) : node(root, sibling));
      steps.push({ left, sibling: hexOf(sibling), node: hexOf(root) });
      if (left) while (fn % 2 === 0 && fn) half();
      half();
    }
    return sn === 0 ? root : null;
  }

  async function consistent(old, oldRoot, size, newRoot, siblings) {
    if (old === size) return !siblings.length && same(oldRoot, newRoot);
    if (!(old > 0 && old < size) || !siblings.length) return false;
    let fn = old - 1, sn = size - 1;
    const half = () => { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); };
    while (fn % 2 === 1) half();
    const nodes = fn === 0 ? [oldRoot, ...siblings] : siblings; // fn is 0 here when old is a power of two
    let fr = nodes[0], sr = nodes[0];
    for (const sibling of nodes.slice(1)) {
      if (sn === 0) return false;
      if (fn % 2 === 1 || fn === sn) {
        [fr, sr] = [await node(sibling, fr), await node(sibling, sr)];
        while (fn % 2 === 0 && fn) half();
      } else {
        sr = await node(sr, sibling);
      }
      half();
    }
    return same(fr, oldRoot) && same(sr, newRoot) && sn === 0;
  }

  async function rowsRoot(hashes) {
    if (!hashes.length) return sha256();
    while (hashes.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < hashes.length; at += 2) above.push(await node(hashes[at], hashes[at + 1]));
      if (hashes.length % 2) above.push(hashes.at(-1));
      hashes = above;
    }
    return hashes[0];
  }

  const mapKey = (view, record) => sha256(bytesOf(`credit/map/v1\n${view}\n`), record);

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
          if (words.length && !words[0].startsWith("#")) await policy.take(words);
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
      const twice = (key) => [...this.logs, ...this.witnesses.values()].some((other) => same(other.key, key.key));
      const lawfulLine = (condition) => demand(condition, "policy", kind);
      if (kind === "log" && [1, 2].includes(rest.length) && this.logs.length < POLICY_NAMES_MAX) {
        const key = await parseKey(rest[0]);
        lawfulLine(key.algorithm !== ED25519_COSIGNATURE && !twice(key));
        this.logs.push(key);
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

  async function vouching(lines, keys, message, where, report) {
    const signed = new Map();
    let logs = 0;
    for (const line of lines) {
      const words = line.split(" ");
      demand(words.length === 3 && words[0] === "—" && lawful(words[1]), "malformed", where);
      const blob = base64(words[2], where);
      demand(blob.length >= 5, "malformed", where);
      for (const { witness, key } of keys) {
        if (key.name !== words[1] || !same(key.id, blob.slice(0, 4))) continue;
        if (key.algorithm === MLDSA44) {
          report.open(`ML-DSA-44 签名（此处不支持）/ signatures of ML-DSA-44, not supported here: ${key.name}`);
          continue;
        }
        const told = signedBytes(key, message, blob.slice(4));
        demand(await holds(key.key, told.message, told.signature), "bad_signature", where);
        if (witness === null) logs += 1;
        else if (told.seconds) signed.set(witness, told.seconds);
      }
    }
    return { logs, signed };
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
    const body = note.slice(0, split).split("\n"), lines = note.slice(split + 2).split("\n");
    demand(lines.pop() === "" && lines.length && !/[\x00-\x09\x0b-\x1f]/.test(note), "malformed", where);
    demand(body.length === 3 && body[0] === origin && lawful(origin), "malformed", where);
    demand(lines.length <= NOTE_SIGNATURES_MAX, "malformed", where); // extension lines are never used (FORMATS 1.3)
    const size = decimal(body[1], where), root = base64(body[2], where, 32);
    const keys = [
      ...policy.logs.filter((key) => key.name === origin).map((key) => ({ witness: null, key })),
      ...[...policy.witnesses].map(([witness, key]) => ({ witness, key })),
    ];
    const { logs, signed } = await vouching(lines, keys, bytesOf(note.slice(0, split + 1)), where, report);
    demand(logs, "untrusted", where);
    demand(policy.satisfied(policy.quorum, signed), "quorum", where);
    const by = [...signed.keys()].sort().map((name) => `${name} (${when(signed.get(name))})`).join(", ");
    report.holds(`${origin}: 检查点已签名 signed checkpoint, ${size} 条 entries${by && `，见证 witnesses: ${by}`}`);
    return { size, root, witnessed: signed.size > 0 };
  }

  // --- epochs (FORMATS 5.4) --------------------------------------------------------------------------------------

  function parseEpoch(entry) {
    const where = "epoch/entry";
    demand(entry.every((byte) => byte < 128), "malformed", where);
    const words = new TextDecoder().decode(entry).split("\n").map((line) => line.split(" "));
    const names = ["credit/view-epoch@v1", "epoch", "records", "digest", "access", "access-digest", "rule"];
    const shape = [...names, "map", "map", "map", "map", "delta", ""];
    const sizes = [1, 2, 3, 3, 3, 3, 2, 4, 4, 4, 4, 2, 1];
    demand(words.length === shape.length, "malformed", where);
    demand(words.every((line, at) => line[0] === shape[at] && line.length === sizes[at]), "malformed", where);
    const maps = words.slice(7, 11);
    demand(maps.map((line) => line[1]).join() === "public,shared,shield,access", "malformed", where);
    demand(words[3][1] === words[2][1] && words[5][1] === words[4][1], "malformed", where);
    for (const hash of [words[3][2], words[5][2], words[6][1], words[11][1]]) base64(hash, where, 32);
    const log = ([name, size, root]) => [name, { size: decimal(size, where), root: base64(root, where, 32) }];
    const map = ([, name, root, count]) => [name, { root: base64(root, where, 32), count: decimal(count, where) }];
    return {
      number: decimal(words[1][1], where),
      logs: new Map([log(words[2]), log(words[4])]),
      maps: new Map(maps.map(map)),
    };
  }

  // --- leaves, openings, keys (STORAGE 1, 2) ---------------------------------------------------------------------

  function part(leaf, name) {
    return object(leaf.parts.get(name), `${leaf.name}/${name}`);
  }

  function said(told, ...names) {
    const words = names.map((name) => told.get(name)).filter((value) => typeof value === "string");
    return words.map((value) => cut(value, 100)).join(" ");
  }

  class Verifier {
    constructor(bundle, report) {
      this.bundle = bundle;
      this.report = report;
      this.heads = new Map();
      this.leaves = new Map();
      this.keys = new Map();
      this.revoked = new Map();
      this.departments = new Map();
      this.epoch = null;
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
      for (const leaf of this.leaves.values()) await this.checkIssuer(leaf);
      if (bundle.has("epoch")) this.epoch = await this.readEpoch(bundle.get("epoch"));
    }

    leaf(name, where) {
      const found = this.leaves.get(text(name, where));
      demand(found, "malformed", where);
      return found;
    }

    async readLeaf(where, value) {
      const log = text(value.get("log"), where), head = this.heads.get(log);
      const index = number(value.get("index"), where), data = base64(value.get("leaf"), where);
      demand(head && log !== "views", "malformed", where);
      const siblings = path(value.get("path"), where), start = await sha256(LEAF, data), steps = [];
      const root = await rootFromPath(start, index, head.size, siblings, steps);
      demand(root && same(root, head.root), "inclusion", where);
      const single = data.length === 106 && data[0] === 1, row = data.length === 78 && data[0] === 2;
      demand(single || row, "malformed", where);
      const stream = uuid(value.get("stream"), where);
      const [parts, closed] = await this.open(data, stream, object(value.get("parts"), where), where);
      this.report.paths.push({ name: where, log, index, size: head.size, start: hexOf(start), steps });
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
    }

    async checkGoverns(leaf) {
      await this.checkIssuer(leaf);
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

    async checkIssuer(leaf) {
      const issuer = hexOf(leaf.issuer), signer = this.keys.get(issuer);
      demand(signer, "key", leaf.name);
      if (leaf.log === "access") {
        demand(signer.kind === "gateway" && leaf.data.length === 106, "key", leaf.name);
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

    async readEpoch(value) {
      const where = "epoch", told = object(value, where), head = this.heads.get("views");
      demand(head, "malformed", where);
      const entry = base64(told.get("entry"), where), index = number(told.get("index"), where);
      const siblings = path(told.get("path"), where), start = await sha256(LEAF, entry), steps = [];
      const root = await rootFromPath(start, index, head.size, siblings, steps);
      demand(root && same(root, head.root), "inclusion", where);
      demand(index === head.size - 1, "not_newest", where);
      this.report.paths.push({ name: where, log: "views", index, size: head.size, start: hexOf(start), steps });
      const epoch = parseEpoch(entry), consistency = object(told.get("consistency"), where);
      for (const [log, { size, root: old }] of epoch.logs) {
        const known = this.heads.get(log);
        if (!known) continue;
        const proof = path(consistency.get(log), where);
        demand(!size || await consistent(size, old, known.size, known.root, proof), "consistency", `epoch/${log}`);
      }
      this.report.holds(
        `第 ${epoch.number} 期是所附检查点的最新一期 / epoch ${epoch.number} is the newest of the checkpoint given`,
      );
      this.report.open("该期之后发生的事 / what happened after that epoch");
      return epoch;
    }

    // --- claims ------------------------------------------------------------------------------------------------

    async run() {
      const claims = list(this.bundle.get("claims"), "claims");
      demand(claims.length, "malformed", "claims");
      const kinds = new Map([
        ["recorded", this.recorded], ["absent", this.absent], ["shielded", this.shielded],
        ["who_looked", this.whoLooked], ["answered", this.answered], ["erased", this.erased],
      ]);
      for (const [at, value] of claims.entries()) {
        const claim = object(value, "claims"), where = `claims/${at}`;
        const check = kinds.get(text(claim.get("type"), where));
        demand(check, "claim", where);
        await check.call(this, claim, where);
      }
      UNCHECKED.forEach((line) => this.report.open(line));
      if (![...this.heads.values()].every((head) => head.witnessed)) this.report.open(UNWITNESSED);
    }

    recorded(claim, where) {
      const leaf = this.leaf(claim.get("leaf"), where);
      demand(leaf.log === "records", "malformed", where);
      const code = this.keys.get(hexOf(leaf.issuer)).holder;
      const holder = `${said(this.departments.get(code) ?? new Map(), "name")} ${code}`.trim();
      const shown = [...leaf.parts.keys()].sort().join(", ") || "-";
      this.report.holds(
        `${leaf.name} 第 ${leaf.index + 1} 条由 ${holder} 签署并入账 / entry ${leaf.index + 1} was sealed by`
          + ` ${holder} and recorded; 所示部分 parts shown: ${shown}`,
      );
    }

    /** The value of a key in a map of the epoch, or null when it is proven absent. */
    async map(name, key, value, where) {
      const root = this.epoch?.maps.get(name)?.root;
      demand(root, "malformed", where);
      const proof = object(value, where), kind = text(proof.get("kind"), where);
      const siblings = list(proof.get("siblings"), where).map((item) => hex(item, where, 32));
      const depth = siblings.length, bit = (data, at) => (data[at >> 3] >> (7 - (at & 7))) & 1;
      let foundKey = key, foundValue = ZERO, above = ZERO;
      if (kind === "nonInclusionLeaf") {
        const leaf = list(proof.get("leaf"), where);
        demand(leaf.length === 2, "malformed", where);
        [foundKey, foundValue] = leaf.map((item) => hex(item, where, 32));
        // A leaf from elsewhere in the tree says nothing about this key.
        const beside = depth > 0 && depth <= 256 && siblings.every((_, at) => bit(key, at) === bit(foundKey, at));
        demand(beside && !same(foundKey, key), "map", where);
      } else if (kind === "inclusion") {
        foundValue = hex(proof.get("value"), where, 32);
      } else {
        demand(kind === "nonInclusionParent", "malformed", where);
      }
      if (kind !== "nonInclusionParent") {
        above = await sha256(MAP_LEAF, foundKey, foundValue);
        demand(depth, "map", where);
      }
      // A leaf beside a missing child would have moved up: no other tree has one shape.
      demand(depth <= 256, "map", where);
      demand(!(depth && same(siblings.at(-1), ZERO) && (depth > 1 || same(above, ZERO))), "map", where);
      const steps = [], start = hexOf(above);
      for (let level = depth - 1; level >= 0; level -= 1) {
        const left = bit(key, level) === 1, sibling = siblings[level];
        above = await (left ? sha256(MAP_NODE, sibling, above) : sha256(MAP_NODE, above, sibling));
        steps.push({ left, sibling: hexOf(sibling), node: hexOf(above) });
      }
      demand(same(above, root), "map", where);
      this.report.paths.push({ name: where, map: name, ending: kind, start, steps });
      return kind === "inclusion" ? foundValue : null;
    }

    async absent(claim, where) {
      const record = uuid(claim.get("record"), where), proofs = object(claim.get("proofs"), where);
      demand(proofs.size, "malformed", where);
      for (const [view, proof] of proofs) {
        demand(view === "public" || view === "shared", "malformed", where);
        const value = await this.map(view, await mapKey(view, record), proof, where);
        demand(value === null, "present", where);
        const id = claim.get("record");
        this.report.holds(`记录 ${id} 不在 ${view} 视图中 / the record is not in the ${view} view`);
      }
    }

    async shielded(claim, where) {
      const recorded = this.leaf(claim.get("recorded"), where), act = this.leaf(claim.get("act"), where);
      const kinds = recorded.kind === RECORD_DETERMINED && SHIELDING.has(act.kind);
      demand(kinds && same(recorded.stream, act.stream), "malformed", where);
      demand(recorded.log === "records" && act.log === "records", "malformed", where);
      const size = this.epoch ? this.epoch.logs.get("records").size : -1;
      demand(recorded.index < act.index && act.index < size, "order", where);
      const plainHex = hexOf(act.stream);
      const record = plainHex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
      const proofs = object(claim.get("proofs"), where);
      demand(proofs.size === 2 && proofs.has("public") && proofs.has("shared"), "malformed", where);
      await this.absent(new Map([["record", record], ["proofs", proofs]]), where);
      const shields = object(claim.get("shield"), where);
      for (const view of ["public", "shared"]) {
        const value = await this.map("shield", await mapKey(view, act.stream), shields.get(view), where);
        demand(value !== null && numberOf(value) <= BigInt(act.index), "map", where);
      }
      this.report.holds(
        `记录 ${record} 已${SHIELDING.get(act.kind)}，不在任何对外视图中 / is in no outward view, for good`,
      );
    }

    async whoLooked(claim, where) {
      const subject = this.leaf(claim.get("subject"), where);
      demand(subject.kind === SUBJECT_REGISTERED && subject.log === "records", "malformed", where);
      demand(this.epoch && this.heads.has("access"), "malformed", where);
      const accessKey = hex(part(subject, "restricted").get("access_key"), where, 32);
      const looks = list(claim.get("looks"), where).map((name) => this.leaf(name, where));
      const proofs = list(claim.get("proofs"), where);
      demand(proofs.length === looks.length + 1, "incomplete", where);
      for (const [counter, proof] of proofs.entries()) {
        const value = await this.map("access", await hmac(accessKey, bigEndian(counter, 8)), proof, where);
        if (counter === looks.length) {
          demand(value === null, "incomplete", where);
          break;
        }
        const look = looks[counter];
        const named = value !== null && same(value, bigEndian(look.index, 32));
        demand(named && same(look.stream, subject.stream), "incomplete", where);
        demand(look.log === "access" && look.kind === LOOKED, "malformed", where);
        const words = said(part(look, "public"), "department", "role", "purpose", "view");
        this.report.holds(`查询 look ${counter + 1}: ${words}`);
      }
      this.report.holds(
        `共 ${looks.length} 次查询，一次不缺 / ${looks.length} looks, none left out, up to access entry`
          + ` ${this.epoch.logs.get("access").size}`,
      );
    }

    async answered(claim, where) {
      const look = this.leaf(claim.get("look"), where), told = part(look, "public");
      const shown = list(told.get("shown"), where), answers = list(told.get("answers"), where);
      const form = look.log === "access" && look.kind === LOOKED && shown.length === answers.length;
      demand(form, "malformed", where);
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
      this.report.holds(
        `答复 ${given.size}/${shown.length} 部分在答复前已登记为 / parts were logged before they were sent:`
          + ` ${said(told, "department", "officer", "purpose")}`,
      );
      if (given.size < shown.length) {
        this.report.open("答复中未附的部分 / parts of the answer that are not in this bundle");
      }
    }

    erased(claim, where) {
      const act = this.leaf(claim.get("act"), where), names = list(claim.get("leaves"), where);
      demand(act.kind === PARTS_ERASED && act.log === "records" && names.length, "malformed", where);
      const gone = new Map();
      for (const named of list(part(act, "public").get("erased"), where)) {
        const words = list(named, where);
        demand(words.length === 4, "malformed", where);
        const row = `${text(words[0], where)}:${decimal(text(words[1], where), where) - 1}`;
        const told = [text(words[2], where), hex(words[3], where, 32)];
        gone.set(row, [...(gone.get(row) ?? []), told]);
      }
      for (const name of names) {
        const leaf = this.leaf(name, where), parts = gone.get(`${leaf.log}:${leaf.index}`);
        demand(parts, "malformed", where);
        const kept = ([of, commitment]) => leaf.closed.has(of) && same(leaf.closed.get(of), commitment);
        demand(parts.every(kept), "opening", where);
        demand(leaf.log !== "records" || leaf.index <= act.index, "order", where);
        const words = parts.map(([of]) => of).join(", ");
        this.report.holds(
          `${leaf.name} 的 ${words} 已依法删除，其余仍可验证 / was erased by a recorded act; the rest still verifies`,
        );
      }
    }
  }

  class Report {
    constructor() {
      this.checked = [];
      this.unchecked = [];
      this.paths = [];
      this.refused = null;
    }

    holds(line) {
      this.checked.push(plain(line));
    }

    open(line) {
      if (!this.unchecked.includes(plain(line))) this.unchecked.push(plain(line));
    }
  }

  return async (bundle, policy) => {
    const report = new Report();
    try {
      demand(globalThis.crypto?.subtle, "unsupported", "WebCrypto");
      demand(bundle.length <= BUNDLE_BYTES_MAX, "too_large", "bundle");
      const trusted = await Policy.of(policy);
      const verifier = new Verifier(object(Reader.read(bundle, "bundle"), "bundle"), report);
      await verifier.read(trusted);
      await verifier.run();
    } catch (error) {
      report.refused = error instanceof Refused
        ? { code: error.code, where: error.where }
        : { code: "internal", where: error?.name ?? "" };
    }
    const { checked, unchecked, paths, refused } = report;
    return { good: refused === null, refused, checked, unchecked, paths };
  };
})();
