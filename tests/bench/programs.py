"""The programs that `compare` runs, and the settings with which the peers are at their best on this CPU."""

import collections
import os

# The packages of Debian that bring the peers.
PACKAGES = ["libopenblas-dev", "libblis-dev", "libdnnl-dev", "libxsmm-dev", "libeigen3-dev", "libdlib-dev", "tiny-dnn",
            "libcereal-dev", "libstb-dev", "libgemmlowp-dev", "libfann-dev", "libtorch-dev", "python3-torch",
            "python3-sklearn", "python3-numpy"]

# A peer is an executable of peers/, or, with a Python module that it needs, a file of peers/.
Peer = collections.namedtuple("Peer", "label program module", defaults=[None])
# data: the argument that the programs take, a path inside the folder of data, or None.
Kind = collections.namedtuple("Kind", "ours peers most_threads data", defaults=[2, None])

KINDS = {
    "gemm": Kind("bench_gemm", [
        Peer("OpenBLAS", "gemm_openblas"), Peer("BLIS", "gemm_blis"), Peer("Eigen", "gemm_eigen"),
        Peer("oneDNN", "gemm_onednn"), Peer("libxsmm", "gemm_libxsmm"), Peer("PyTorch", "gemm_torch.py", "torch")]),
    "conv": Kind("bench_conv", [Peer("oneDNN", "conv_onednn")]),
    "train": Kind("bench_train", [
        Peer("hand-written over OpenBLAS", "train_openblas"), Peer("hand-written over BLIS", "train_blis"),
        Peer("hand-written over Eigen", "train_eigen"), Peer("libtorch", "train_libtorch"),
        Peer("PyTorch", "train_torch.py", "torch"), Peer("scikit-learn", "train_sklearn.py", "sklearn"),
        Peer("dlib", "train_dlib"), Peer("tiny-dnn", "train_tiny_dnn"), Peer("FANN", "train_fann")]),
    "predict": Kind("bench_predict", [
        Peer("hand-written over OpenBLAS", "predict_openblas"), Peer("hand-written over BLIS", "predict_blis"),
        Peer("hand-written over Eigen", "predict_eigen"), Peer("PyTorch", "predict_torch.py", "torch")], 1),
    "elementwise": Kind("bench_elementwise", [
        Peer("Eigen", "elementwise_eigen"), Peer("libmvec", "elementwise_libmvec"),
        Peer("PyTorch", "elementwise_torch.py", "torch")], 1),
    "unsupervised": Kind("bench_unsupervised", [
        Peer("scikit-learn", "unsupervised_sklearn.py", "sklearn")], 2, "usps"),
    "load": Kind("bench_load", [Peer("parsers of the standard library", "load_from_chars")], 1, "usps/zip.train"),
}
# The Python module that a program needs.
MODULES = {peer.program: peer.module for kind in KINDS.values() for peer in kind.peers if peer.module}

AVX512 = {"avx512f", "avx512bw", "avx512dq", "avx512vl"}
# What may sit in the environment and hold a peer back, or us.
FOREIGN = ("OPENBLAS_", "GOTO_", "BLIS_", "OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "LIBXSMM_", "ATEN_",
           "NPY_", "NVPL_", "NN_", "PB_")


def cpu_facts():
    """The CPU's name and its features, as Linux tells them; ("", set()) elsewhere."""
    facts = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                facts.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    return facts.get("model name", ""), set(facts.get("flags", "").split())


def blas_settings(features, vendor_is_amd, isa):
    """(program, variable, values worth a try, None for the library's own choice) of OpenBLAS and of BLIS, which choose
    by tables of CPUs and fall back to slow code on one that is newer than they are."""
    openblas, blis = [None], [None]
    if isa == "avx2":
        openblas, blis = ["Haswell"], ["3"]
    elif AVX512 <= features:
        openblas, blis = ["SkylakeX", None], ["0", None]  # 0: skx
    elif {"avx2", "fma"} <= features:
        openblas, blis = ["Zen" if vendor_is_amd else "Haswell", None], [None, "3"]  # 3: haswell
    return [("gemm_openblas", "OPENBLAS_CORETYPE", openblas), ("gemm_blis", "BLIS_ARCH_TYPE", blis)]


def environment(threads, isa, features, word, blas):
    """What a program runs in: so many threads, the cases whose name contains the word, the settings of BLAS."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    for library in ("OMP", "OPENBLAS", "BLIS"):
        env[f"{library}_NUM_THREADS"] = str(threads)
    env["PB_THREADS"] = str(threads)
    if word:
        env["PB_FILTER"] = word
    if isa == "avx2":
        env |= {"NN_ISA": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "DNNL_MAX_CPU_ISA": "AVX2", "LIBXSMM_TARGET": "hsw",
                "ATEN_CPU_CAPABILITY": "avx2"}
        if AVX512 <= features:
            env["NPY_DISABLE_CPU_FEATURES"] = "AVX512F AVX512CD AVX512_SKX"
    return env | blas
