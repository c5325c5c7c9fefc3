"""What became of takes that were asked for: a cancelled one is no frame."""

from studio.rendering import conclude


def test_a_cancelled_take_is_a_problem_and_no_frame(studio):
    studio.import_script(b"INT. OFFICE - DAY\n\nINSERT - A KEY\n\nA key on a table.\n", "one.fountain", "One")
    asked = studio.submit_render("One", 1)
    studio.queue.cancel_all()
    rendered = conclude(studio, asked)
    assert rendered and all(each.take is None for each in rendered)
    assert {each.problem.en for each in rendered} == {"cancelled"} and {each.problem.zh for each in rendered} == {
        "已取消"
    }
