export { AcceptInvitation, ConfirmEmail, ForgottenPassword, NewPassword } from "./Passwords.tsx";
export { SignIn } from "./SignIn.tsx";
