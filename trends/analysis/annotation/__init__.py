"""Labels by people: what to code, how coders agree, and what their codes say of the shares."""
