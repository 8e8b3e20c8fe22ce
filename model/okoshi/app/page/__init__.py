"""The live page of `okoshi dashboard`: the model step by step, its policy within reach, a second one beside it."""
