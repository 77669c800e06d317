"""Reading the electronic signatures in a file, in a process of its own: what is hostile there harms nothing else.

Run as `python -m platform_core.signatures.reading FILE --now INSTANT --roots FOLDER --text TEXT …`; it tells what it
found on standard output, as one JSON object.
"""
