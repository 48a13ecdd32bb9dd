// The page around xinluVerify: takes the two files, says what was found, draws the paths. Text goes in as text only.
(() => {
  const FILE_BYTES_MAX = 64 * 1024 * 1024;
  const REASONS = /*reasons*/{};
  Object.assign(REASONS, {
    unsupported: ["此浏览器缺少所需的密码功能（须 https 或本地文件）", "this browser lacks what is needed (https or a local file, Ed25519)"],
    internal: ["验证程序自身出错，什么也没有证明", "the verifier itself failed; nothing is proven"],
    unreadable: ["读不到文件", "the file cannot be read"],
  });
  const SVG = "http://www.w3.org/2000/svg";
  const STEP = 56, BOX = 104, HIGH = 28, MIDDLE = 210, ASIDE = 130, WIDTH = 420;
  const chosen = { bundle: null, policy: null };
  const result = document.getElementById("result");
  let run = 0;

  function element(name, text = "", attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function both(name, zh, en, attributes = {}) {
    const made = element(name, `${zh} `, attributes);
    made.append(element("span", en, { lang: "en" }));
    return made;
  }

  function say(choice, zh, en) {
    document.getElementById(`${choice}-said`).replaceChildren(...both("p", zh, en).childNodes);
  }

  // --- drawing -----------------------------------------------------------------------------------------------------

  function shape(name, attributes, text = "") {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    return made;
  }

  function box(x, y, hash, kind) {
    const rect = shape("rect", { x: x - BOX / 2, y: y - HIGH / 2, width: BOX, height: HIGH, rx: 4, class: kind });
    return [rect, shape("text", { x, y: y + 4 }, `${hash.slice(0, 10)}…`)];
  }

  /** The way from the leaf (below) to the root (above): computed nodes in blue, given siblings dashed. */
  function drawing(told, title) {
    const height = told.steps.length * STEP + 2 * HIGH;
    const drawn = shape("svg", { viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, role: "img", "aria-label": title });
    const lines = [], boxes = [];
    let y = height - HIGH;
    boxes.push(...box(MIDDLE, y, told.start, "way"));
    for (const { left, sibling, node } of told.steps) {
      const x = left ? MIDDLE - ASIDE : MIDDLE + ASIDE;
      lines.push(shape("line", { x1: MIDDLE, y1: y, x2: MIDDLE, y2: y - STEP, class: "way" }));
      lines.push(shape("line", { x1: x, y1: y, x2: MIDDLE, y2: y - STEP }));
      boxes.push(...box(x, y, sibling, "given"), ...box(MIDDLE, y - STEP, node, "way"));
      y -= STEP;
    }
    drawn.append(...lines, ...boxes);
    return drawn;
  }

  function titleOf(told) {
    if (told.map) {
      const [zh, en] = told.ending === "inclusion" ? ["在", "present in"] : ["不在", "absent from"];
      return [`${told.name}：${zh}映射 ${told.map} 中`, `${en} the map ${told.map}`];
    }
    const place = `${told.log} ${told.index + 1}/${told.size}`;
    return [`${told.name}：日志 ${place} 从叶到根`, `log ${place}, from leaf to root`];
  }

  function steps(told) {
    const list = element("ol", "", { class: "steps" });
    list.append(both("li", `叶 ${told.start}`, "leaf"));
    for (const { left, sibling, node } of told.steps) {
      const [zh, en] = left ? ["左邻", "left sibling"] : ["右邻", "right sibling"];
      list.append(both("li", `${zh} ${sibling} → ${node}`, `${en} → node above`));
    }
    return list;
  }

  function figure(told) {
    const [zh, en] = titleOf(told), made = element("details", "", { class: "path" });
    made.append(both("summary", zh, `${en} (${told.steps.length})`));
    made.addEventListener("toggle", () => { // drawn when looked at: a bundle may hold thousands
      if (!made.open || made.querySelector("svg")) return;
      const held = element("div", "", { class: "drawing" }), inWords = element("details");
      held.append(drawing(told, `${zh} / ${en}`));
      inWords.append(both("summary", "文字说明", "the same in words"), steps(told));
      made.append(held, inWords);
    });
    return made;
  }

  // --- the verdict -------------------------------------------------------------------------------------------------

  function verdict(found) {
    const attributes = { class: "verdict", "data-good": String(found.good), role: "status" };
    if (found.good) return both("p", "✓ 成立", "VERIFIED", attributes);
    const [zh, en] = REASONS[found.refused.code] ?? ["", ""];
    const made = both("p", `✗ 不成立：${zh}`, `REFUSED: ${en}`, attributes);
    made.append(element("br"), element("code", `${found.refused.code} · ${found.refused.where}`));
    return made;
  }

  function lines(title, items, kind) {
    const list = element("ul", "", { class: kind });
    list.append(...items.map((item) => element("li", item)));
    return [both("h2", ...title), list];
  }

  function show(found) {
    const children = [verdict(found)];
    const before = found.good ? ["已核对", "Checked"] : ["被拒之前的核对（什么也不证明）", "Before it was refused (proves nothing)"];
    if (found.checked.length) children.push(...lines(before, found.checked, "checked"));
    if (found.unchecked.length) children.push(...lines(["未核对", "Not checked"], found.unchecked, "unchecked"));
    if (found.paths.length && found.good) {
      const figures = found.paths.map(figure);
      figures[0].open = true;
      children.push(both("h2", "证明路径", "Proof paths"), ...figures);
    }
    result.replaceChildren(...children);
    result.setAttribute("aria-busy", "false");
    result.focus();
  }

  const refusal = (code, where) => ({ good: false, refused: { code, where }, checked: [], unchecked: [], paths: [] });

  async function judge() {
    if (!chosen.bundle || !chosen.policy) return;
    const mine = ++run;
    result.replaceChildren(both("p", "正在核对……", "checking…"));
    result.setAttribute("aria-busy", "true");
    const found = await xinluVerify(chosen.bundle, chosen.policy);
    if (mine === run) show(found); // a file chosen meanwhile has its own answer
  }

  async function take(choice, file) {
    chosen[choice] = null;
    run += 1;
    result.replaceChildren();
    if (file.size > FILE_BYTES_MAX) {
      say(choice, "文件太大", "the file is too large");
      show(refusal("too_large", choice));
      return;
    }
    try {
      chosen[choice] = new Uint8Array(await file.arrayBuffer());
    } catch {
      say(choice, "读不到文件", "the file cannot be read");
      show(refusal("unreadable", choice));
      return;
    }
    say(choice, file.name, `${file.size} bytes`);
    await judge();
  }

  async function servedPolicy() {
    if (!location.protocol.startsWith("http")) return;
    try {
      const answer = await fetch("/logs/policy", { credentials: "omit", cache: "no-store" });
      if (!answer.ok || chosen.policy) return;
      const data = new Uint8Array(await answer.arrayBuffer());
      if (chosen.policy) return;
      chosen.policy = data;
      say("policy", "本服务自己的策略（不是独立的信任）", "this service's own policy (not independent trust)");
      await judge();
    } catch {
      // Without the service's policy the reader chooses one; the page says so already.
    }
  }

  for (const zone of document.querySelectorAll("[data-choice]")) {
    const choice = zone.dataset.choice, input = zone.querySelector("input");
    input.addEventListener("change", () => { if (input.files.length) take(choice, input.files[0]); });
    zone.addEventListener("dragenter", () => zone.classList.add("over"));
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
    });
    zone.addEventListener("drop", (event) => {
      zone.classList.remove("over");
      if (event.dataTransfer.files.length) take(choice, event.dataTransfer.files[0]);
    });
  }
  // A file dropped beside the two fields must not replace the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  servedPolicy();
})();
