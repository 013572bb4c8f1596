import { ApiError, readProblem } from '../problem';

describe('readProblem', () => {
  it('takes what the contract says', () => {
    const body = { detail: 'No.', field: 'name', hint: 'Another.', more: 1 };
    expect(readProblem(409, JSON.stringify(body))).toEqual({
      status: 409,
      detail: 'No.',
      field: 'name',
      hint: 'Another.'
    });
  });

  it('takes the message of Jupyter Server', () => {
    expect(
      readProblem(403, '{"message": "Forbidden", "reason": null}')
    ).toEqual({ status: 403, detail: 'Forbidden', field: null, hint: null });
  });

  it.each(['', 'null', '[]', '"text"', '<html>', '{"detail": ""}'])(
    'has no words of %p',
    text => {
      expect(readProblem(500, text).detail).toBeUndefined();
    }
  );
});

describe('ApiError', () => {
  it('has nothing in place of what is not known', () => {
    expect(new ApiError({ detail: 'No.' })).toMatchObject({
      message: 'No.',
      status: 0,
      field: null,
      hint: null
    });
  });
});
