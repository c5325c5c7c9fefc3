"""`python -m studio`: the studio's verbs on the command line."""

from studio.cli import main

if __name__ == "__main__":
    main()
