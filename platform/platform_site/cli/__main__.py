"""Lets the command run as a module, whatever the folder of the installation is called."""

from platform_site.cli import main

main(prog_name="lianchi")
