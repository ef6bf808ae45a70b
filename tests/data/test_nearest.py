from tidegate.data.nearest import nearest


def test_the_nearest_name_is_told_only_where_one_is_near():
    assert nearest("tarrget", ["id", "target"]) == "; did you mean 'target'?"
    assert nearest("qqq", ["target", "id"]) == "; there are: id, target"
