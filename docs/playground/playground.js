"use strict";
// What the page sets. A slider's value is an index of `values`, a choice's its place among them.
const CONTROLS = [
  {id: "step", text: "step size", values: [1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 100, 1000], start: 0.01},
  {id: "rule", text: "rule", choices: ["plain descent", "momentum 0.9", "Adam"], start: 2},
  {id: "layers", text: "hidden layers", values: [0, 1, 2, 3, 4], start: 2},
  {id: "width", text: "units in each", values: [2, 4, 8, 16, 32, 48, 64], start: 32},
  {id: "activation", text: "activation", choices: ["tanh", "ReLU", "sigmoid"], start: 0},
  {id: "noise", text: "noise", values: [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5], start: 0.02},
  {id: "cells", text: "cells along a side", values: [2, 4, 6, 8], start: 4},
  {id: "samples", text: "points", values: [200, 500, 1000, 2000, 4000], start: 1000},
  {id: "batch", text: "batch size", values: [1, 10, 32, 100, 400], start: 32},
  {id: "pace", text: "steps per frame", values: [1, 2, 5, 10, 20, 50, 100], start: 10},
];
const GRID = 56, FRAME_MS = 30, SURFACE_MS = 120, POINTS_OF_CURVE = 400;
const bytes = Uint8Array.from(atob(MODULE_TEXT), (letter) => letter.charCodeAt(0));
const compiled = WebAssembly.compile(bytes);
const $ = (id) => document.getElementById(id);

let nn = null;           // what playground.cpp exports; null after an error
let said = "";           // on its standard error
let seed = 0, running = false, curve = [], points = [], surface = null;
let steps = 0, since = 0, drawn = 0;  // of the speed, and when the surface was drawn last

// The few calls of a system that the module may make. It has no files; an error's message is kept.
function system(memory) {
  const view = () => new DataView(memory().buffer);
  const known = {
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    fd_write(file, pieces, count, written) {
      let total = 0;
      for (let i = 0; i < count; ++i) {
        const at = view().getUint32(pieces + 8 * i, true), length = view().getUint32(pieces + 8 * i + 4, true);
        said += new TextDecoder().decode(new Uint8Array(memory().buffer, at, length));
        total += length;
      }
      view().setUint32(written, total, true);
      return 0;
    },
    proc_exit(status) { throw new Error("the module ended with status " + status); },
  };
  return new Proxy(known, {get: (calls, name) => calls[name] || (() => 0)});
}

async function load() {
  const module = await compiled, calls = {};
  let exports = null;
  const all = system(() => exports.memory);
  for (const {name} of WebAssembly.Module.imports(module)) calls[name] = all[name];
  exports = (await WebAssembly.instantiate(module, {wasi_snapshot_preview1: calls})).exports;
  exports._initialize();
  nn = exports;
}

function value(id) {
  const control = CONTROLS.find((other) => other.id === id), at = Number($(id).value);
  return control.values ? control.values[at] : at;
}
const floats = (address, count) => new Float32Array(nn.memory.buffer, address, count).slice();

// Runs what may throw in the module. Then the page says so, and the next begin() takes a new module.
function guarded(action) {
  try {
    action();
  } catch (error) {
    nn = null;
    stop("libnn: " + (said.trim() || error.message) + ". Change a setting, or reset.");
  }
}

function stop(message) {
  running = false;
  $("start").textContent = "Start";
  $("message").textContent = message || "";
}

async function begin() {
  if (!nn) await load();
  said = "";
  curve = [];
  steps = 0;
  since = performance.now();
  $("message").textContent = "";
  guarded(() => {
    nn.begin(seed, value("samples"), value("cells"), value("noise"), value("layers"), value("width"),
             value("activation"), value("rule"), value("step"), value("batch"));
    points = [0, 1].map((test) => floats(nn.points(test), 3 * nn.count(test)));
    look();
  });
}

// Takes over what the training has come to, and draws it.
function look() {
  surface = floats(nn.surface(GRID), GRID * GRID);
  const epoch = nn.epochs(), accuracy = nn.accuracy(1);
  if (epoch && (!curve.length || curve.at(-1).epoch < epoch)) curve.push({epoch, loss: nn.loss(), accuracy});
  if (curve.length > POINTS_OF_CURVE) curve = curve.filter((_, i) => i % 2);
  $("epoch").textContent = epoch;
  $("loss").textContent = epoch ? nn.loss().toPrecision(3) : "–";
  $("accuracy").textContent = (100 * accuracy).toFixed(1) + " %";
  drawn = performance.now();
  draw();
  const stuck = epoch > 2 && surface.every((p) => p < 1e-6 || p > 1 - 1e-6) && accuracy < 0.8;
  if (stuck) stop("Every output is 0 or 1, and the gradient is gone: the step was too large. Take a smaller one, and reset.");
}

function frame(now) {
  requestAnimationFrame(frame);
  if (!running || !nn) return;
  if (now - since > 2000) [steps, since] = [0, now];  // the tab was hidden
  guarded(() => {
    const end = performance.now() + FRAME_MS;
    for (let i = 0; i < value("pace") && performance.now() < end; ++i, ++steps)
      if (!nn.train(1)) {
        look();
        return stop("The loss is no finite number any more: the step was too large. Take a smaller one, and reset.");
      }
    if (now - since > 500) {
      $("speed").textContent = Math.round(1000 * steps / (now - since));
      [steps, since] = [0, now];
    }
    if (now - drawn > SURFACE_MS) look();
  });
}

// A canvas in the screen's pixels, ready to draw on in CSS pixels.
function fresh(id) {
  const canvas = $(id), scale = devicePixelRatio || 1, {clientWidth: width, clientHeight: height} = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  return {context, width, height};
}
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const channels = (hex) => (hex.length === 4 ? [1, 2, 3].map((i) => hex[i] + hex[i]) : hex.slice(1).match(/../g))
  .map((part) => parseInt(part, 16));

function draw() {
  drawBoard();
  drawCurve();
}

function drawBoard() {
  const {context, width} = fresh("board");
  if (!surface || !width) return;
  const [one, zero, middle] = ["one", "zero", "middle"].map((name) => channels(colour(name)));
  const image = new ImageData(GRID, GRID);
  surface.forEach((p, i) => {
    const end = p > 0.5 ? one : zero, share = 0.62 * Math.abs(2 * p - 1);
    for (let c = 0; c < 3; ++c) image.data[4 * i + c] = middle[c] + share * (end[c] - middle[c]);
    image.data[4 * i + 3] = 255;
  });
  const small = new OffscreenCanvas(GRID, GRID);
  small.getContext("2d").putImageData(image, 0, 0);
  context.drawImage(small, 0, 0, width, width);
  const cells = value("cells"), place = (x) => (x / cells + 0.5) * width;
  const radius = Math.max(1.5, Math.min(3.5, width / 9 / Math.sqrt(points[0].length / 3)));
  points.forEach((part, test) => {
    for (let i = 0; i < part.length; i += 3) {
      context.beginPath();
      context.arc(place(part[i]), place(-part[i + 1]), test ? radius + 0.5 : radius, 0, 7);
      context.fillStyle = context.strokeStyle = colour(part[i + 2] ? "one" : "zero");
      context.lineWidth = 1.5;
      if (test) context.stroke(); else context.fill();
    }
  });
}

function drawCurve() {
  const {context, width, height} = fresh("curve"), left = 4, bottom = height - 18, top = 8;
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = colour("quiet");
  context.strokeStyle = colour("rule");
  context.beginPath();
  for (const share of [0, 0.5, 1]) {
    const y = bottom + share * (top - bottom);
    context.moveTo(left, y);
    context.lineTo(width - 44, y);
    context.fillText(100 * share + " %", width - 40, y + 4);
  }
  context.stroke();
  const last = curve.length ? curve.at(-1).epoch : 0, high = Math.max(1e-9, ...curve.map((point) => point.loss));
  context.fillText(last ? `epochs 1 to ${last}, loss up to ${high.toPrecision(2)}` : "no epoch yet", left, height - 3);
  for (const [key, name, most] of [["loss", "one", high], ["accuracy", "zero", 1]]) {
    context.strokeStyle = colour(name);
    context.lineWidth = 2;
    context.beginPath();
    for (const point of curve)
      context.lineTo(left + (width - 48) * (last > 1 ? (point.epoch - 1) / (last - 1) : 0),
                     bottom + point[key] / most * (top - bottom));
    context.stroke();
  }
}

function show(control) {
  if (control.values) $(control.id).previousElementSibling.textContent = value(control.id);
}

for (const control of CONTROLS) {
  const label = document.createElement("label"), {id, values, choices, text} = control;
  label.innerHTML = values
    ? `${text} <output></output><input type="range" id="${id}" min="0" max="${values.length - 1}" value="${values.indexOf(control.start)}">`
    : `${text} <select id="${id}">${choices.map((choice, i) =>
        `<option value="${i}"${i === control.start ? " selected" : ""}>${choice}</option>`).join("")}</select>`;
  $("controls").append(label);
  show(control);
  $(id).addEventListener("input", () => {
    show(control);
    if (id === "pace") return;
    if (id === "step" && nn) guarded(() => nn.set_step(value("step")));
    else begin();
  });
}
$("start").onclick = async () => {
  if (running) return stop();
  if (!nn) await begin();
  running = Boolean(nn);
  [steps, since] = [0, performance.now()];
  $("message").textContent = "";
  if (running) $("start").textContent = "Pause";
};
$("reset").onclick = begin;
$("seed").onclick = () => { ++seed; begin(); };
addEventListener("resize", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
begin().then(() => requestAnimationFrame(frame));
