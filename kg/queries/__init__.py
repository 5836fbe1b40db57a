"""Questions: one ``.rq`` file each, with a head that says its title and parameters; loaded and bound here, run elsewhere."""

from kg.queries.question import Parameter, Question, bound, load_question, load_questions, parse_question, question_named

__all__ = ["Parameter", "Question", "bound", "load_question", "load_questions", "parse_question", "question_named"]
