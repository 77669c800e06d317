"""What terms would have given: with the sales of a close for finance, with invented or one's own sales for others.

Worked out by the engine in a folder that is thrown away. Nothing that others reported goes into what a member or a
licensee asks for, so that no comparison of two answers tells anything of it.
"""
