"""What a run was: machine, instruction set, threads, compiler, version, data, seconds."""

from results import NOT_RECORDED

HEADS = ("experiment", "data set", "runs", "seconds", "date", "machine", "ISA", "threads", "compiler", "version")


def facts(experiment):
    config, run = experiment.config, experiment.run
    length = "quick, " if experiment.quick else ""
    return (experiment.name, experiment.data, f"{length}{experiment.seeds}", f"{experiment.seconds:.3g}",
            run.get("date", NOT_RECORDED), run.get("machine", NOT_RECORDED), config.get("isa", NOT_RECORDED),
            config.get("library_threads", NOT_RECORDED), config.get("compiler", NOT_RECORDED),
            config.get("version", NOT_RECORDED))


def commands(run):
    return sorted({e.run["command"] for e in run.values() if "command" in e.run})


def run_line(run):
    """The run in a sentence; what differs between experiments is named with all its values."""
    def values(head):
        column = HEADS.index(head)
        return ", ".join(sorted({facts(e)[column] for e in run.values()}))
    dates = sorted({facts(e)[HEADS.index("date")] for e in run.values()})
    date = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    total = sum(e.seconds for e in run.values())
    return (f"{len(run)} experiments in {total:.0f} seconds; date {date}; machine {values('machine')}; instruction "
            f"set {values('ISA')}; threads {values('threads')}; compiler {values('compiler')}; libnn {values('version')}; "
            f"data {values('data set')}.")
