"""python -m jupyter_deploy is `jupyter deploy`."""

from jupyter_deploy.cli.main import main

if __name__ == "__main__":
    main()
