import torch

from tidegate.models.dropout import SequenceDropout


def test_a_channel_is_dropped_at_all_steps_of_a_row_or_at_none():
    torch.manual_seed(0)
    x = 1 + torch.rand(50, 7, 40)
    dropped = SequenceDropout(0.4)(x)
    gone = dropped == 0
    assert torch.equal(gone.any(1), gone.all(1))
    # 2,000 channels: three standard deviations of a share of 0.4 are 0.033.
    assert abs(gone[:, 0].float().mean().item() - 0.4) < 0.033
    assert torch.allclose(dropped[~gone], x[~gone] / 0.6)


def test_nothing_is_dropped_outside_training():
    x = torch.randn(2, 3, 4)
    assert torch.equal(SequenceDropout(0.9).eval()(x), x)
