# file: config/settings.py
AUTH_USER_MODEL = "accounts.User"

# file: accounts/managers.py
from django.contrib.auth.base_user import BaseUserManager


class UserManager(BaseUserManager):
    def create_user(self, email, password=None):
        return self.create(email=email)


# file: accounts/models.py
from django.contrib.auth.models import AbstractUser, PermissionsMixin
from django.contrib.auth.base_user import AbstractBaseUser
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

from .managers import UserManager


class User(AbstractUser):
    phone = models.CharField(max_length=9, unique=True)
    username = None
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
    objects = UserManager()


class Account(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    groups = None
    user_permissions = None
    USERNAME_FIELD = "email"
    objects = UserManager()


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    by = models.ForeignKey(get_user_model(), models.CASCADE, related_name="profiles_made")


class Staff(get_user_model()):
    class Meta:
        proxy = True
