import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tidegate.artefact.file import load

QUICK = ["--epochs", "3", "--set", "hidden_size=4", "--set", "learning_rate=0.05"]


def reviews(path: Path, count: int, seed: int, header: str = "text\tlabel\n") -> Path:
    source = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        good = source.random() < 0.5
        words = [*source.choice(["the", "film", "was"], 4), "great" if good else "dull"]
        rows.append(f"{' '.join(source.permutation(words))}\t{'pos' if good else 'neg'}")
    path.write_text(header + "\n".join(rows) + "\n")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reviews")


@pytest.fixture(scope="module")
def fitted(folder):
    from io import StringIO

    from tidegate.cli import main

    train, test = reviews(folder / "train.tsv", 60, 0), reviews(folder / "test.tsv", 30, 1)
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        patch.setattr("sys.stderr", err)
        code = main(["fit", "classify", str(train), "--test", str(test), "--out", str(folder / "run"), *QUICK])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def model(fitted, folder):
    assert fitted[0] == 0
    return folder / "run" / "model.safetensors"


def test_it_trains_scores_and_says_where_everything_is(fitted, folder):
    code, out, err = fitted

    assert code == 0, err
    assert "train.tsv: 60 texts" in err
    assert "epoch 3/3" in err
    for words in ("3 epochs", "validation", "test", "accuracy", "log_loss", "model.safetensors", "report.html"):
        assert words in out
    page = (folder / "run" / "report.html").read_text()
    for words in ("Confusion matrix", "By class", "Learning curves", "on test data, 30 texts", "neg", "pos"):
        assert words in page


def test_evaluate_prints_the_metrics_that_the_model_file_holds(model, folder, tidegate):
    test = folder / "test.tsv"
    result = tidegate("evaluate", model, test, "--json")
    told = json.loads(result.out)

    assert list(told["metrics"]) == ["accuracy", "f1", "f1_weighted", "log_loss"]
    assert load(model).metrics["metrics"] == told["metrics"]
    assert load(model).metrics["evaluation"] == "test"
    plain = tidegate("evaluate", model, test)
    assert f"{test}: 30 texts" in plain.out
    assert f"{told['metrics']['log_loss']:.3f}" in plain.out


def test_predict_writes_a_row_for_each_example(model, folder, tidegate):
    (folder / "new.txt").write_text("was great\nso dull\n")
    written = tidegate("predict", model, folder / "new.txt", "--out", folder / "out.csv")
    printed = tidegate("predict", model, folder / "new.txt")
    told = json.loads(tidegate("predict", model, folder / "new.txt", "--json").out)

    assert written.out.startswith("2 rows written")
    frame = pl.read_csv(folder / "out.csv")
    assert frame.columns == ["prediction", "probability", "p_neg", "p_pos"]
    assert printed.out == (folder / "out.csv").read_text()
    assert [row["prediction"] for row in told["predictions"]] == frame["prediction"].to_list()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["predict", "MODEL", "TEST", "--horizon", "3"], "--horizon is an option of forecasters; the model is a Seq"),
        (["evaluate", "MODEL", "TEST", "--windows", "2"], "--windows is an option of forecasters"),
        (["predict", "MODEL"], "DATA is missing: a SequenceClassifier predicts for the examples of a file"),
        (
            ["evaluate", "MODEL", "OTHER"],
            "line 2, column 'label': class 'odd' does not occur in training; known are neg, pos",
        ),
        (["fit", "classify", "GAP"], "gap.csv, line 5, column 'y': the value is missing; fill it in, or train with"),
        (["fit", "classify", "ONE"], "all 3 examples have the label 'a'"),
        (["fit", "classify", "TRAIN", "--config", "CONFIG"], "no option 'hiden_size'; did you mean 'hidden_size'"),
        (["fit", "classify", "TRAIN", "--set", "poling=max"], "no option 'poling'; did you mean 'pooling'"),
        (["fit", "classify", "TRAIN", "--test", "EMPTY"], "empty.tsv: the file is empty"),
        (["fit", "classify", "TRAIN", "--test", "OTHER"], "line 2, column 'label': class 'odd' does not occur"),
        (["fit", "classify", "TRAIN", "--text", "body"], "no column is called 'body'"),
        (["fit", "classify", "TRAIN", "--channels", "x"], "--channels x: "),
        (["fit", "classify", "TRAIN", "--out", "RUN"], "holds a model already"),
    ],
)
def test_what_cannot_be_done_is_told_without_a_trace(model, folder, tidegate, command, words, monkeypatch, tmp_path):
    files = {
        "MODEL": model,
        "TEST": folder / "test.tsv",
        "TRAIN": folder / "train.tsv",
        "RUN": folder / "run",
        "OTHER": tmp_path / "other.csv",
        "GAP": tmp_path / "gap.csv",
        "ONE": tmp_path / "one.csv",
        "EMPTY": tmp_path / "empty.tsv",
        "CONFIG": tmp_path / "options.yaml",
    }
    files["OTHER"].write_text("text,label\na,odd\n")
    files["GAP"].write_text("id,x,y,label\na,1,2,up\na,3,4,up\nb,5,6,down\nb,7,,down\n")
    files["ONE"].write_text("text,label\na,a\nb,a\nc,a\n")
    files["EMPTY"].write_text("")
    files["CONFIG"].write_text("hiden_size: 3\n")
    monkeypatch.chdir(tmp_path)
    result = tidegate(*(files.get(word, word) for word in command))

    assert result.code == 1
    assert words in result.err
    assert "Traceback" not in result.err
    assert not (tmp_path / "tidegate-run").exists()


def test_what_the_reader_noticed_is_told_beside_the_predictions(model, tidegate, tmp_path):
    (tmp_path / "new.tsv").write_text("neg\tso dull\npos\twas great\n")  # the labels first, as many as texts
    printed = tidegate("predict", model, tmp_path / "new.tsv")
    told = json.loads(tidegate("predict", model, tmp_path / "new.tsv", "--json").out)
    scored = json.loads(tidegate("evaluate", model, tmp_path / "new.tsv", "--json").out)

    assert printed.err.startswith("Note: No header with 'text' and 'label': column 1 (2 different values) is taken")
    assert "Note" not in printed.out
    assert told["notes"] == scored["notes"]
    assert scored["examples"] == 2


def test_a_column_called_target_is_found_by_itself(tidegate, tmp_path):
    rows = "".join(f"{'a ' * count}b,{count}\n" for count in range(1, 25))
    (tmp_path / "t.csv").write_text("text,target\n" + rows)
    result = tidegate("fit", "regress", tmp_path / "t.csv", "--out", tmp_path / "run", "--quiet", *QUICK)
    assert result.code == 0, result.err


def test_options_come_from_a_file_and_the_command_line_goes_before_it(folder, tidegate, tmp_path):
    (tmp_path / "o.toml").write_text('hidden_size = 3\ncell = "lstm"\n[class_weight]\npos = 2.0\n')
    command = ["--config", tmp_path / "o.toml", "--cell", "rnn", "--epochs", 1, "--quiet", "--out", tmp_path / "run"]
    reviews(folder / "more.tsv", 20, 2)
    assert tidegate("fit", "classify", folder / "more.tsv", *command).code == 0
    told = load(tmp_path / "run" / "model.safetensors").configuration
    assert (told["cell"], told["hidden_size"], told["class_weight"]) == ("rnn", 3, {"pos": 2.0})


def test_nothing_held_out_means_nothing_scored(folder, tidegate, tmp_path):
    reviews(folder / "few.tsv", 20, 3)
    result = tidegate(
        "fit", "classify", folder / "few.tsv", "--out", tmp_path / "run", "--json", *QUICK, "--set", "validation=0"
    )
    told = json.loads(result.out)
    assert (told["metrics"], told["evaluation"], told["epochs"]) == ({}, "nothing held out", 3)
    assert "not scored" in (tmp_path / "run" / "report.html").read_text()


def test_validation_data_are_watched(folder, tidegate, tmp_path):
    train, watched = reviews(folder / "a.tsv", 20, 4), reviews(folder / "b.tsv", 11, 5)
    result = tidegate("fit", "classify", train, "--valid", watched, "--out", tmp_path / "run", "--json", *QUICK)
    told = json.loads(result.out)
    again = json.loads(tidegate("evaluate", tmp_path / "run" / "model.safetensors", watched, "--json").out)
    assert told["evaluation"] == "validation"
    assert told["metrics"] == again["metrics"]


def test_a_run_is_resumed_and_one_that_is_done_only_loaded(folder, tidegate, tmp_path):
    train = reviews(folder / "c.tsv", 20, 6)
    command = ["fit", "classify", train, "--out", tmp_path / "run", "--quiet", *QUICK]
    assert tidegate(*command).code == 0
    first = (tmp_path / "run" / "model.safetensors").read_bytes()
    assert tidegate(*command, "--resume").code == 0
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == first


def test_series_of_a_long_table_are_regressed(tidegate, tmp_path):
    source = np.random.default_rng(0)
    rows = ["engine,cycle,heat,wear"]
    for engine in range(24):
        heat = source.normal(size=source.integers(3, 7))
        rows += [f"{engine},{step},{value:.4f},{heat.mean():.4f}" for step, value in enumerate(heat)]
    (tmp_path / "engines.csv").write_text("\n".join(rows) + "\n")
    names = ["--id", "engine", "--time", "cycle", "--label", "wear"]
    result = tidegate("fit", "regress", tmp_path / "engines.csv", *names, "--out", tmp_path / "run", "--json", *QUICK)

    assert result.code == 0, result.err
    told = json.loads(result.out)
    assert list(told["metrics"]) == ["mae", "rmse", "mse", "r2"]
    assert "Truth and prediction" in (tmp_path / "run" / "report.html").read_text()
    frame = json.loads(
        tidegate("predict", tmp_path / "run" / "model.safetensors", tmp_path / "engines.csv", "--json").out
    )
    assert [row["engine"] for row in frame["predictions"]] == [str(engine) for engine in range(24)]
