from tidegate.data.counted import counted


def test_one_is_singular_and_thousands_are_parted():
    assert [counted(count, "field") for count in (0, 1, 2, 2000)] == ["0 fields", "1 field", "2 fields", "2,000 fields"]
