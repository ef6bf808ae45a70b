import torch

from tidegate.models.teacher_forcing import TeacherForcing


def test_the_share_falls_evenly_to_the_last_and_stays_there():
    forcing = TeacherForcing(1.0, 0.4, sequences=100)
    shares = []
    for _ in range(6):
        shares.append(forcing.share)
        forcing.advance(25)
    assert torch.allclose(torch.tensor(shares), torch.tensor([1.0, 0.85, 0.7, 0.55, 0.4, 0.4]))


def test_outside_training_the_truth_is_always_told():
    assert TeacherForcing(0.3, 0.3, sequences=10).eval().share == 1.0


def test_a_training_taken_up_again_goes_on_where_it_stood():
    forcing = TeacherForcing(1.0, 0.0, sequences=10)
    forcing.advance(4)
    other = TeacherForcing(1.0, 0.0, sequences=10)
    other.load_state_dict(forcing.state_dict())
    assert other.share == forcing.share == 0.6
