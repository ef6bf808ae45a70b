from tidegate.data.nearest import nearest


def test_the_name_meant_is_told_or_all_of_them():
    assert nearest("lable", ["text", "label"]) == "; did you mean 'label'?"
    assert nearest("stars", ["text", "label"]) == "; there are: label, text"


def test_prose_in_place_of_names_does_not_flood_the_message():
    told = nearest(
        "label", ["a long sentence of many words, " * 20, "x" * 90, *(f"c{number:03}" for number in range(100))]
    )
    assert len(told) < 1000
    assert "a long sentence of many words, a long…" in told
    assert told.endswith(" and 42 more")
