// Runs what write_cases wrote in ONNX Runtime: node run_cases.js MODULE FOLDER, where MODULE is the
// folder of the package onnxruntime-node. Fails unless all outputs are the library's to 1e-5.
const fs = require('fs');
const path = require('path');
const [modulePath, folder] = process.argv.slice(2);
const ort = require(modulePath);

const floats = (name) => new Float32Array(new Uint8Array(fs.readFileSync(path.join(folder, name))).buffer);

async function difference(run) {
  const session = await ort.InferenceSession.create(path.join(folder, `${run.name}.onnx`), {intraOpNumThreads: 1});
  const x = new ort.Tensor('float32', floats(`${run.name}.${run.batch}.input`), run.input);
  const {output} = await session.run({input: x});
  const expected = floats(`${run.name}.${run.batch}.output`);
  if (JSON.stringify(output.dims) !== JSON.stringify(run.output)) throw new Error(`shape ${output.dims}`);
  return expected.reduce((worst, value, i) => {
    const error = Math.abs(output.data[i] - value) / Math.max(1, Math.abs(value));
    return error > worst || Number.isNaN(error) ? error : worst;
  }, 0);
}

(async () => {
  const runs = JSON.parse(fs.readFileSync(path.join(folder, 'cases.json')));
  let bad = 0, worst = 0;
  for (const run of runs) {
    try {
      const error = await difference(run);
      worst = Math.max(worst, error);
      if (error <= 1e-5) continue;
      console.log(`${run.name}, batch ${run.batch}: off by ${error}`);
    } catch (error) {
      console.log(`${run.name}, batch ${run.batch}: ${error.message}`);
    }
    bad += 1;
  }
  console.log(`${runs.length} runs, ${bad} wrong, at most ${worst} off`);
  process.exit(bad || !runs.length ? 1 : 0);
})();
