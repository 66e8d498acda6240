"""What a nail is: sizes, mass, joints and the machine that makes it, as pure functions of arrays."""
