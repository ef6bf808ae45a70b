"""The native engine gives what torch and the textbook give: outputs, final states and every gradient."""

from __future__ import annotations

import itertools

import magnitudes
import native_cases
import pytest
import textbook
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from native_cases import Sizes, assert_as_near, assert_rounded_as_well

from tidegate.nn.kernels import native
from tidegate.nn.kernels.native import GATES, Inputs, Options, Outputs

KINDS = sorted(GATES)
DTYPES = (torch.float32, torch.float64)
EXTRAS = ("bias", "state", "lengths", "dropout", "keep", "peepholes")
ODD = (1, 3, 17, 65, 257)


def torch_run(options: Options, inputs: Inputs) -> Outputs:
    """torch.nn's own layer on a plain call."""
    names = {"rnn_tanh": "RNN_TANH", "rnn_relu": "RNN_RELU", "gru_after": "GRU", "lstm": "LSTM"}
    x = inputs.x if options.batch_first else inputs.x.transpose(0, 1)
    weights = [inputs.input_weights, inputs.recurrent_weights, inputs.input_bias, inputs.recurrent_bias]
    state = inputs.state[None] if options.kind != "lstm" else [inputs.state[None], inputs.cell[None]]
    operator = getattr(torch, names[options.kind].lower())
    if options.kind == "lstm" and inputs.projection is not None:
        weights.append(inputs.projection)
    y, *final = operator(x.flip(1) if options.reverse else x, state, weights, True, 1, 0.0, False, False, True)
    y = y.flip(1) if options.reverse else y
    return Outputs(
        y if options.batch_first else y.transpose(0, 1), final[0][0], final[1][0] if len(final) > 1 else None
    )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize(("units", "features"), [*zip(ODD, reversed(ODD), strict=True), (64, 32), (48, 640)])
@pytest.mark.parametrize("kind", ["rnn_tanh", "rnn_relu", "gru_after", "lstm"])
def test_plain_calls_are_as_exact_as_torch(kind: str, units: int, features: int, dtype: torch.dtype) -> None:
    for (steps, batch), reverse in itertools.product(((1, 1), (3, 17), (17, 3), (5, 65)), (False, True)):
        options = Options(kind, reverse, batch_first=reverse)
        case = native_cases.make(
            options, Sizes(steps, batch, features, units, units), units, frozenset(("bias", "state"))
        )
        assert_as_near(case, native.run, torch_run, torch_run, dtype)


@pytest.mark.parametrize(("units", "features"), [*zip(ODD, reversed(ODD), strict=True), (64, 32)])
@pytest.mark.parametrize("kind", ["rnn_tanh", "rnn_relu", "gru_after", "lstm"])
def test_no_more_is_lost_by_rounding_than_twice_what_torch_loses(kind: str, units: int, features: int) -> None:
    for steps, batch in ((1, 1), (3, 17), (17, 3), (5, 65)):
        sizes = Sizes(steps, batch, features, units, units)
        plain = frozenset(("bias", "state"))
        # Several draws: one alone can come out nearly exact by chance.
        cases = [native_cases.make(Options(kind), sizes, seed, plain) for seed in range(6)]
        assert_rounded_as_well(cases, native.run, torch_run)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("batch", ODD[:4])
@pytest.mark.parametrize("kind", KINDS)
def test_every_option_together(kind: str, batch: int, dtype: torch.dtype) -> None:
    sizes = Sizes(7, batch, 17, 33, 33)
    case = native_cases.make(Options(kind, batch == 3), sizes, batch, frozenset(EXTRAS))
    assert_as_near(case, native.run, textbook.run, textbook.run, dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("outputs", [1, 16, 20, 33])
def test_projected_lstm(outputs: int, dtype: torch.dtype) -> None:
    extras = frozenset((*EXTRAS, "projection"))
    case = native_cases.make(Options("lstm"), Sizes(5, 9, 6, 33, outputs), outputs, extras)
    assert_as_near(case, native.run, textbook.run, textbook.run, dtype)


small = st.builds(Sizes, *[st.integers(1, most) for most in (9, 20, 40, 70, 1)])
# Beyond the sizes from which a matrix unit is used.
large = st.builds(Sizes, st.just(4), st.integers(16, 24), st.integers(1, 120), st.integers(128, 150), st.just(1))
any_call = given(
    kind=st.sampled_from(KINDS),
    sizes=st.sampled_from([small] * 9 + [large]).flatmap(lambda chosen: chosen),
    extras=st.frozensets(st.sampled_from((*EXTRAS, "projection"))),
    ways=st.tuples(st.booleans(), st.booleans()),
    varies=st.booleans(),
    dtype=st.sampled_from(DTYPES),
    seed=st.integers(0, 1000),
)


def check_any_call(
    kind: str,
    sizes: Sizes,
    extras: frozenset[str],
    ways: tuple[bool, bool],
    varies: bool,
    dtype: torch.dtype,
    seed: int,
) -> None:
    projected = kind == "lstm" and "projection" in extras
    sizes = sizes._replace(outputs=1 + seed % sizes.units if projected else sizes.units)
    extras = extras if projected else extras - {"projection"}
    case = native_cases.make(Options(kind, *ways), sizes, seed, extras)
    if extras.isdisjoint({"state"}) and case.inputs.lengths is not None:
        case.inputs.lengths[0] = sizes.steps
    if varies:
        case = magnitudes.varied(case, seed)
        assume(magnitudes.fits(case, textbook.run, dtype))
    assert_as_near(case, native.run, textbook.run, textbook.run, dtype)


test_any_call = settings(deadline=None, max_examples=100)(any_call(check_any_call))
test_thousands_of_calls = pytest.mark.slow(settings(deadline=None, max_examples=2000)(any_call(check_any_call)))


def test_packed_rows_are_the_padded_rows() -> None:
    for kind, reverse in itertools.product(KINDS, (False, True)):
        options = Options(kind, reverse, batch_first=False)
        case = native_cases.make(options, Sizes(6, 5, 4, 9, 9), 0, frozenset(("bias", "state")))
        lengths = torch.tensor([6, 4, 4, 1, 0])
        sizes = torch.tensor([4, 3, 3, 3, 1, 1])
        padded = native.run(options, case.inputs._replace(lengths=lengths))
        runs = torch.arange(6)[:, None] < lengths
        packed = native.run(options, case.inputs._replace(x=case.inputs.x[runs], sizes=sizes))
        assert torch.equal(packed.y, padded.y[runs])
        assert torch.equal(packed.state, padded.state)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_those_of_finite_differences(kind: str) -> None:
    extras = frozenset((*EXTRAS, *(("projection",) if kind == "lstm" else ())))
    case = native_cases.make(Options(kind), Sizes(3, 2, 3, 5, 4 if kind == "lstm" else 5), 3, extras)
    masks = ("dropout", "keep", "keep_cell", "lengths")
    names = [name for name, one in case.inputs._asdict().items() if one is not None and name not in masks]
    leaves = [getattr(case.inputs, name).requires_grad_() for name in names]

    def outputs(*given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        found = native.run(case.options, case.inputs._replace(**dict(zip(names, given, strict=True))))
        return tuple(one for one in found if one is not None)

    assert torch.autograd.gradcheck(outputs, leaves)
