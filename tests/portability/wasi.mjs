// Runs a WebAssembly program with the system's files: node wasi.mjs PROGRAM ARGUMENT...
import {readFileSync} from "node:fs";
import {WASI} from "node:wasi";

const wasi = new WASI({version: "preview1", args: process.argv.slice(2), env: process.env, preopens: {"/": "/"},
                       returnOnExit: true});
const module = await WebAssembly.compile(readFileSync(process.argv[2]));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
